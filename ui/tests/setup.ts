// Tests that build or read files run in Node, without a page.
if (globalThis.window) await import("./setup-dom");

export {};
