import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const ROOT = resolve(import.meta.dirname, "../..");
const PYTHON = process.env.VEDETTE_PYTHON ?? join(ROOT, ".venv/bin/python");
const PAGE = process.env.VEDETTE_PAGE ?? join(ROOT, "src/vedette/web/page");
const START_MS = 90_000;

export interface House {
  url: string;
  data: string;
  /** Runs one command on the data folder; what it prints. */
  vedette: (command: string[], typed?: string) => string;
  stop: () => Promise<void>;
}

/** `vedette serve` over a new library of `files`, with the page as it was built. `settings` are VEDETTE_… variables,
 * `toml` stands in the settings file. */
export async function serve(files: Record<string, string | Buffer>, settings: Record<string, string> = {}, toml = ""): Promise<House> {
  const home = mkdtempSync(join(tmpdir(), "vedette-e2e-"));
  const [data, library] = [join(home, "data"), join(home, "library")];
  mkdirSync(data);
  mkdirSync(library);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(library, name), text);
  writeFileSync(join(data, "vedette.toml"), toml);
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith("VEDETTE_"));
  const env = { ...Object.fromEntries(clean), VEDETTE_ACCOUNTS_PAGE_URL: url, VEDETTE_SERVER_PAGE: PAGE, ...settings };
  const vedette = (command: string[], typed = "") =>
    execFileSync(PYTHON, ["-m", "vedette.cli.main", ...command, "--data", data], { env, input: typed, encoding: "utf8" });
  vedette(["ingest", library]);
  const server = spawn(PYTHON, ["-m", "vedette.cli.main", "serve", "--port", port, "--data", data], { env, stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  server.stderr?.on("data", (text) => (told += text));
  await answers(url, server, () => told);
  const stop = async () => {
    server.kill("SIGINT");
    await new Promise((ended) => (server.exitCode === null ? server.once("exit", ended) : ended(null)));
    rmSync(home, { recursive: true, force: true });
  };
  return { url, data, vedette, stop };
}

async function answers(url: string, server: ChildProcess, told: () => string) {
  for (const end = Date.now() + START_MS; Date.now() < end && server.exitCode === null; ) {
    if (await fetch(`${url}/livez`).then((answer) => answer.ok, () => false)) return;
    await wait(100);
  }
  throw new Error(`The server did not start: ${told()}`);
}

export function freePort(): Promise<number> {
  return new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => found(typeof address === "object" && address ? address.port : 0));
    });
  });
}

if (!existsSync(join(PAGE, "index.html"))) throw new Error(`There is no built page in ${PAGE}; run npm run build.`);
