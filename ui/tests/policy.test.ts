// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const HOME = join(import.meta.dirname, "../src");
const files = readdirSync(HOME, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => [name, readFileSync(join(HOME, name), "utf8")] as const);

/** Why each may not be used is said beside it. */
const FORBIDDEN: [RegExp, string][] = [
  [/dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML|document\.write/, "text is put in as text"],
  [/\beval\(|new Function\(/, "the policy allows no code from text"],
  [/localStorage\.setItem\([^)]*(?:token|password)/i, "tokens live in memory"],
  [/https?:\/\/(?!www\.w3\.org)/, "nothing is loaded from elsewhere"],
];
/** These write a <style> element, which the policy forbids; so do style properties that differ by width. */
const WRITE_STYLES = /\b(?:AppShell|SimpleGrid|Grid|ColorSchemeScript|TypographyStylesProvider)\b/;
const BY_WIDTH = /\s(?:[a-z]{1,3}|hidden\w*|cols|spacing)=\{\{\s*(?:base|xs|sm|md|lg|xl):/;

describe("the policy `style-src 'self'; script-src 'self'`", () => {
  it.each(files)("%s keeps to it", (name, text) => {
    for (const [pattern, why] of FORBIDDEN) expect(text.match(pattern), `${name}: ${why}`).toBeNull();
    const imported = [...text.matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)].map((found) => found[1]).join();
    expect(imported.match(WRITE_STYLES), `${name} writes a <style> element`).toBeNull();
    expect(text.match(BY_WIDTH), `${name}: widths belong into a .module.css`).toBeNull();
  });

  it.each(files)("%s is small enough to read", (_, text) => {
    expect(text.split("\n").length).toBeLessThanOrEqual(250);
  });
});
