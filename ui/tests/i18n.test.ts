import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { firstLanguage, LANGUAGES } from "../src/i18n";

type Tree = { [key: string]: string | Tree };
const HOME = join(import.meta.dirname, "../src/i18n");
const read = (language: string): Tree => JSON.parse(readFileSync(join(HOME, `${language}.json`), "utf8"));
const flat = (tree: Tree, before = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[before + key, value]] : flat(value, `${before}${key}.`),
  );
const english = flat(read("en"));
const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe("languages", () => {
  it("has a file for each that is offered", () => {
    const files = readdirSync(HOME).filter((name) => name.endsWith(".json"));
    expect(files.sort()).toEqual(Object.keys(LANGUAGES).map((language) => `${language}.json`).sort());
  });

  it.each(Object.keys(LANGUAGES))("%s has every key, with its placeholders, and no empty text", (language) => {
    const texts = new Map(flat(read(language)));
    expect([...texts.keys()].sort()).toEqual(english.map(([key]) => key).sort());
    for (const [key, text] of english) {
      expect(texts.get(key)?.trim(), key).toBeTruthy();
      expect(placeholders(texts.get(key) ?? ""), key).toEqual(placeholders(text));
    }
  });

  it("begins with the one chosen before, else the browser's, else English", () => {
    expect(firstLanguage("fr", ["es-MX"])).toBe("fr");
    expect(firstLanguage(null, ["de-DE", "es-MX"])).toBe("es");
    expect(firstLanguage("xx", ["de"])).toBe("en");
  });
});
