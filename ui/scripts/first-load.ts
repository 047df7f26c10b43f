import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

interface Chunk {
  file: string;
  css?: string[];
  imports?: string[];
}

/** Bytes, gzipped, of every file that the first visit to the chat loads: the page, its entry with all static imports,
 * their styles, one language. `dist` is a built page with its manifest. */
export function firstLoad(dist: string): { file: string; bytes: number }[] {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
  const files = new Set(["index.html", "color-scheme.js", "vedette.svg"]);
  const seen = new Set<string>();
  const take = (name: string) => {
    const chunk = manifest[name];
    if (!chunk || seen.has(name)) return;
    seen.add(name);
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const next of chunk.imports ?? []) take(next);
  };
  take("index.html");
  const sizes = [...files].map((file) => ({ file, bytes: packed(dist, file) }));
  const languages = Object.entries(manifest).filter(([name]) => name.startsWith("src/i18n/"));
  const largest = languages.map(([, chunk]) => ({ file: chunk.file, bytes: packed(dist, chunk.file) }));
  return [...sizes, ...largest.sort((one, other) => other.bytes - one.bytes).slice(0, 1)];
}

const packed = (dist: string, file: string) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
