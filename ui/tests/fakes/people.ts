import type { DocumentInfo, Person } from "../../src/api";
import { fakeServer, json, problem } from "./server";

export const ANA: Person = {
  id: "p1",
  email: "ana@example.org",
  name: "Ana",
  role: "admin",
  groups: ["cert"],
  clearance: "AMBER",
  disabled: false,
  created: "2026-11-01T10:00:00+00:00",
  seen: "2026-11-21T10:00:00+00:00",
  language: "",
};
export const EVA: Person = { ...ANA, id: "p3", email: "eva@example.org", name: "Eva", role: "editor", groups: [] };
const READERS = [
  { tag: "everyone", name: "everyone" },
  { tag: "group:cert", name: "cert" },
  { tag: "user:p1", name: "Ana (ana)" },
  { tag: "user:p2", name: "ben" },
];
export const BEN: Person = { ...ANA, id: "p2", email: "ben@example.org", name: "", role: "reader", groups: [], clearance: "GREEN" };

const at = "2026-11-20T10:00:00+00:00";
const document = (number: number, more: Partial<DocumentInfo> = {}): DocumentInfo => ({
  id: `d${number}`,
  collection: "default",
  source: `note-${number}.md`,
  title: `Note ${number}`,
  kind: "prose",
  language: "en",
  media_type: "text/markdown",
  pages: 0,
  chunks: number,
  characters: 100,
  content_hash: "0",
  ingested_at: at,
  sharing: { readers: [], tlp: "" },
  ...more,
});
export const DOCUMENTS = [
  document(10),
  document(2, { kind: "cve", title: "CVE-2021-44228", sharing: { readers: ["group:cert", "user:p9"], tlp: "AMBER" } }),
  ...Array.from({ length: 60 }, (_, number) => document(100 + number)),
];

/** A server where people sign in: ana's password is "right", the rest is refused. `person` is who is signed in,
 * `registration` whether anybody can make an account. */
export function fakeHouse(person: Person | null, registration = true) {
  let here = person;
  let failed = FAILED;
  const keys = [{ id: "k1", name: "nightly", prefix: "vk_abcdef", created: at, used: "", expires: "" }];
  const session = { id: "s1", device: "Mozilla/5.0 (X11; Linux) Firefox/140.0", address: "127.0.0.1", created: at, seen: at };
  const entry = { at, actor: "p1", action: "account.create", target: "p2", details: { role: "reader" }, hash: "0" };
  return fakeServer((call, body) => {
    const [method = "", path = ""] = call.split(" ");
    const weak = String(body.password ?? body.new ?? "enough for this").length < 12;
    const short = () => problem(400, "BadInput", "The password has 5 characters; use 12 or more, such as a few words.");
    if (call === "GET /v1/me") return json({ sign_in: true, person: here, registration, language_default: "", mail: false, training: "never", version: "1", roles: ["reader", "editor", "admin"] });
    if (call === "PATCH /v1/me") return json({ ...here, ...body });
    if (call === "POST /v1/auth/refresh") return problem(401, "Unauthorized", "Sign in.");
    if (call === "POST /v1/auth/login") {
      if (body.password !== "right") return problem(401, "Unauthorized", "The address or the password is wrong.");
      here = ANA;
      return json({ access_token: "a", token_type: "bearer", expires_in: 60 });
    }
    if (path === "/v1/auth/register" || path === "/v1/auth/reset") return weak ? short() : new Response(null, { status: 204 });
    if (path === "/v1/auth/forgot") return new Response(null, { status: 204 });
    if (path === "/v1/auth/password" && body.old !== "right") return problem(403, "Forbidden", "The old password is wrong; write the one that you sign in with now.");
    if (path === "/v1/auth/password") return weak ? short() : json({ access_token: "b", token_type: "bearer", expires_in: 60 });
    if (call === "GET /v1/auth/sessions") return json({ sessions: [{ ...session, current: true }, { ...session, id: "s2", current: false }] });
    if (call === "GET /v1/auth/keys") return json({ keys });
    if (call === "POST /v1/auth/keys") return json({ key: { ...keys[0], id: "k2", name: body.name }, secret: "vk_secret" }, 201);
    if (path === "/v1/readers") return here?.role === "reader" ? problem(403, "Forbidden", "This needs the role editor.") : json({ readers: READERS });
    if (call === "GET /v1/admin/people") return json({ people: [ANA, BEN] });
    if (call === "POST /v1/admin/people") return weak ? short() : json({ ...BEN, ...body }, 201);
    if (path.endsWith("/reset-link")) return json({ link: "https://vedette.example/reset#token=vp_secret" }, 201);
    if (path.startsWith("/v1/admin/people/p1")) return problem(409, "Conflict", "This is the last admin; make another account admin first.");
    if (path.startsWith("/v1/admin/people/p2")) return method === "DELETE" ? new Response(null, { status: 204 }) : json({ ...BEN, ...body });
    if (path === "/v1/admin/audit/state") return json({ entries: 130, broken: null });
    if (path.startsWith("/v1/admin/audit")) {
      const before = Number(new URL(path, "http://here").searchParams.get("before") ?? 131);
      const numbers = Array.from({ length: Math.min(100, before - 1) }, (_, back) => before - 1 - back);
      return json({ entries: numbers.map((number) => ({ ...entry, number })) });
    }
    if (path === "/v1/admin/feedback") return json({ feedback: [FEEDBACK, { ...FEEDBACK, turn: "t2", thumb: "up", question: "Good one?", reason: "" }] });
    if (path === "/v1/admin/health") return json({ parts: PARTS });
    if (path.startsWith("/v1/failures")) {
      if (method === "GET") return json({ failed });
      failed = failed.filter((one) => one.path !== new URL(path, "http://here").searchParams.get("source"));
    }
    if (call === "GET /v1/documents" || path.startsWith("/v1/documents?")) return json({ documents: DOCUMENTS });
    if (method === "DELETE") return new Response(null, { status: 204 });
    if (path.endsWith("/sharing")) return json(DOCUMENTS[0]);
    if (path.startsWith("/v1/collections/")) return json({ name: "default" });
    if (path === "/v1/ingest") return json({ collection: "default", documents: 1, chunks: 2, skipped: 0, removed: 0, failed: [], seconds: 1, corpus_version: 2 });
    return undefined;
  });
}

const FEEDBACK = {
  person: "p2",
  conversation: "c1",
  turn: "t1",
  question: "What about T1110?",
  answer: "Set lockout policies.",
  thumb: "down",
  reason: "Incomplete",
  at,
  provider: "ollama",
};
const FAILED = [
  { path: "broken.pdf", collection: "default", page: null, reason: "The PDF is damaged; export it anew." },
  { path: "scan.pdf", collection: "default", page: 2, reason: "Page 2 is empty." },
  { path: "scan.pdf", collection: "default", page: 3, reason: "Page 3 is empty." },
];
const PARTS = [
  { name: "index", ok: true, detail: "9 chunks of 9", advice: "" },
  { name: "provider ollama", ok: false, detail: "does not answer", advice: "Start it." },
];
