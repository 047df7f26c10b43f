import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const FOLDERS = ["standard_fonts", "cmaps", "wasm"];
/** Of the folder wasm only JPEG 2000 without WebAssembly, and its licences. */
const wanted = (folder: string, file: string) => folder !== "wasm" || /openjpeg_nowasm|OPENJPEG/.test(file);

/** Fonts and character maps that PDFs may leave out, served from our own origin under /pdfjs/. */
export function pdfAssets(): Plugin {
  const home = dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));
  return {
    name: "vedette-pdf-assets",
    apply: "build",
    generateBundle() {
      for (const folder of FOLDERS) {
        for (const file of readdirSync(join(home, folder)).filter((name) => wanted(folder, name))) {
          this.emitFile({ type: "asset", fileName: `pdfjs/${folder}/${file}`, source: readFileSync(join(home, folder, file)) });
        }
      }
    },
  };
}
