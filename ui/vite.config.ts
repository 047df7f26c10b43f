import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { pdfAssets } from "./scripts/pdf-assets.ts";
import { themeCss } from "./scripts/theme-css.ts";

const SERVER = process.env.VEDETTE_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react(), themeCss(), pdfAssets()],
  server: { proxy: { "/v1": { target: SERVER, headers: { origin: SERVER } }, "/readyz": SERVER } },
  build: {
    target: "es2022",
    // Part of the package, where the server looks for it.
    outDir: "../src/vedette/web/page",
    emptyOutDir: true,
    // The policy allows no data: addresses and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 600,
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    testTimeout: 15_000,
  },
});
