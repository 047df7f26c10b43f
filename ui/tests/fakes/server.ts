import { vi } from "vitest";
import type { Answer, Conversation, ConversationInfo, Turn } from "../../src/api";
import { ANSWER, DOCUMENT, REFUSAL, turnOf } from "./data";

/** A server in memory that answers `fetch` as the real one does: football is refused, "slow" waits to be stopped,
 * "explode" fails, "it" is rewritten. `calls` are "METHOD path body". `more` answers other routes, and these otherwise. */
export function fakeServer(more: (call: string, body: Record<string, unknown>) => Response | undefined = () => undefined) {
  const conversations = new Map<string, Conversation>();
  const calls: string[] = [];
  let count = 0;

  const begin = (collection: string): ConversationInfo => {
    count += 1;
    const at = "2026-11-21T10:00:00+00:00";
    const info = { id: `c${count}`, title: "", collection, turns: 0, created: at, changed: at };
    conversations.set(info.id, { info, turns: [], summary: "", summarised: 0 });
    return info;
  };

  const answerIn = (id: string, text: string, again: string | null, signal: AbortSignal | null): Response => {
    const held = conversations.get(id);
    if (!held) return problem(404, "NotFound", "There is no such conversation.");
    const place = again ? held.turns.findIndex((turn) => turn.id === again) : held.turns.length;
    const turn: Turn = { ...turnOf(text, answerTo(text), place + 1), standalone: standalone(text) };
    const stored = text.includes("slow") ? { ...turn, state: "pending" as const, answer: null } : turn;
    const turns = [...held.turns.slice(0, place), stored];
    conversations.set(id, { ...held, info: { ...held.info, title: held.info.title || text }, turns });
    return events(text, turn, signal);
  };

  const route = (method: string, url: URL, body: Record<string, string>, signal: AbortSignal | null): Response => {
    const [, , what, id = "", part, turn = ""] = url.pathname.split("/");
    const held = conversations.get(id);
    if (what === "me") return json({ sign_in: false, person: null, registration: false, language_default: "", mail: false, training: "never", version: "1", roles: ["reader"] });
    if (what === "collections") return json({ collections: [collection("default"), collection("pdfs")] });
    if (what === "documents") return json(DOCUMENT);
    if (what === "identifiers") return json(CARD);
    if (what !== "conversations") return problem(404, "NotFound", "There is no such route.");
    if (!id) return method === "POST" ? json(begin(body.collection ?? "")) : json({ conversations: listed(url) });
    if (part === "ask") return answerIn(id, body.text ?? "", null, signal);
    if (url.pathname.endsWith("/again")) return answerIn(id, body.text ?? "", turn, signal);
    if (!held) return problem(404, "NotFound", "There is no such conversation.");
    if (url.pathname.endsWith("/rating")) return json({ ...held.turns.find((one) => one.id === turn), ...body });
    if (method === "PATCH") conversations.set(id, { ...held, info: { ...held.info, title: body.title ?? "" } });
    if (method === "DELETE") conversations.delete(id);
    return method === "GET" ? json(held) : json(held.info);
  };

  const listed = (url: URL) =>
    [...conversations.values()]
      .map(({ info }) => info)
      .filter((info) => info.title.toLowerCase().includes((url.searchParams.get("search") ?? "").toLowerCase()));

  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    const method = init.method ?? "GET";
    calls.push(`${method} ${path}${typeof init.body === "string" ? ` ${init.body}` : ""}`);
    const body = typeof init.body === "string" ? JSON.parse(init.body) : {};
    const other = more(`${method} ${path}`, body);
    if (other) return other;
    return route(method, new URL(decodeURIComponent(path), "http://here"), body, init.signal ?? null);
  });
  return { calls, conversations };
}

const CARD = {
  value: "T1110",
  kind: "attack",
  title: "T1110 Brute Force",
  lines: [{ label: "Tactics", text: "Credential Access", document: "d1" }],
  related: [["mitigation", "M1036", "Account Use Policies"]],
};

const collection = (name: string) => ({
  name,
  documents: 3,
  chunks: 9,
  languages: ["en"],
  calibrated: true,
  main_languages: ["en"],
  readers: [],
  suggestions: name === "default" ? ["Which controls mitigate T1110?"] : [],
});

const answerTo = (text: string): Answer => (text.includes("football") ? REFUSAL : ANSWER);
const standalone = (text: string) => text.replace(/\bit\b/, "brute force");
export const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
export const problem = (status: number, name: string, message: string, retry = false) =>
  json({ error: { class: name, message, retry } }, status);
export const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

function events(text: string, turn: Turn, signal: AbortSignal | null): Response {
  const failure = { error: { class: "ProviderBusy", message: "No provider answers now.", retry: true } };
  const head = [event("rewritten", { text: turn.standalone, because: "" }), event("stage", { text: "generate" })];
  const draft = [event("token", { text: "A dra" }), event("token", { text: "ft." })];
  const tail = text.includes("explode") ? [event("error", failure)] : [event("answer", turn.answer), event("turn", turn)];
  const slow = text.includes("slow");
  const body = new ReadableStream<Uint8Array>({
    start(control) {
      const parts = slow ? [...head, ...draft] : [...head, ": still working\n\n", ...draft, ...tail];
      for (const part of parts) control.enqueue(new TextEncoder().encode(part));
      if (!slow) control.close();
      signal?.addEventListener("abort", () => control.error(new DOMException("Stopped", "AbortError")));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
