// @vitest-environment node
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { firstLoad } from "../scripts/first-load.ts";

const BUDGET = 350_000;
const dist = mkdtempSync(join(tmpdir(), "vedette-ui-"));

beforeAll(async () => {
  // Vitest says "test" here, for which React would be built with its warnings.
  vi.stubEnv("NODE_ENV", "production");
  await build({ root: join(import.meta.dirname, ".."), logLevel: "error", build: { outDir: dist, emptyOutDir: true } });
}, 120_000);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dist, { recursive: true, force: true });
});

describe("the built page", () => {
  it(`loads at most ${BUDGET / 1000} kB, gzipped, at first`, () => {
    const files = firstLoad(dist);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    console.info(`first load: ${(total / 1000).toFixed(1)} kB gzipped in ${files.length} files`);
    expect(total, JSON.stringify(files, null, 1)).toBeLessThanOrEqual(BUDGET);
  });

  it("loads neither PDF viewer nor administration nor maps of networks before they are asked for", () => {
    const names = firstLoad(dist).map(({ file }) => file);
    expect(names.filter((name) => /pdf|Admin|Documents|Spread|Map|Forecast/i.test(name))).toEqual([]);
  });

  it("has no inline script, style or handler, and loads from its own origin alone", () => {
    const html = readFileSync(join(dist, "index.html"), "utf8");
    expect(html.match(/<script(?![^>]*\ssrc=)/g)).toBeNull();
    expect(html.match(/<style|\sstyle=|\son\w+=/g)).toBeNull();
    expect(html.match(/(?:src|href)="(?!\/)/g)).toBeNull();
  });

  it("has the styles of its theme in a stylesheet, and no data: address in one", () => {
    const styles = readdirSync(join(dist, "assets")).filter((name) => name.endsWith(".css"));
    const text = styles.map((name) => readFileSync(join(dist, "assets", name), "utf8")).join("\n");
    expect(text).toContain("--mantine-color-vedette-7");
    expect(text).not.toMatch(/url\(["']?(?:data|https?):/);
  });
});
