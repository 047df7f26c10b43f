import { defineConfig } from "vitest/config";

/** Tests in a real browser, against real servers: one after the other, each file with servers of its own. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: "node",
    include: ["*.test.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
