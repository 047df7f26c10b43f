import type { Answer, StoredDocument, Turn } from "../../src/api";

export const TEXT =
  "T1110 Brute Force\n\nAdversaries guess passwords.\n\nMitigations\n\nM1036 Account Use Policies: Set account lockout policies. M1032 Multi-factor Authentication: Use it.";
const at = (quote: string) => ({ start: TEXT.indexOf(quote), end: TEXT.indexOf(quote) + quote.length, quote });

export const ANSWER: Answer = {
  answer:
    "**T1110 Brute Force**\n\n- M1036 Account Use Policies: Set account *lockout* policies. [s1]\n- M1032 Multi-factor Authentication: Use it. [s2]",
  refused: false,
  reason: "",
  claims: [
    { text: "M1036 Account Use Policies: Set account lockout policies.", support: "supported", sources: ["s1"] },
    { text: "M1032 Multi-factor Authentication: Use it.", support: "weak", sources: ["s2"] },
  ],
  sources: [
    { id: "s1", document: "d1", title: "T1110 Brute Force", source: "attack.json#T1110", page: 0, score: 1, ...at("M1036 Account Use Policies: Set account lockout policies.") },
    { id: "s2", document: "d1", title: "T1110 Brute Force", source: "attack.json#T1110", page: 0, score: 1, ...at("M1032 Multi-factor Authentication: Use it.") },
  ],
  provider: "ollama",
  corpus_version: 1,
  timings_ms: { lexical: 10, generate: 30 },
  topics: [],
  notices: ["Answered by ollama because openai did not answer (timeout)."],
  confidence: 0.97,
};

export const REFUSAL: Answer = {
  ...ANSWER,
  answer: "This library does not cover the question.",
  refused: true,
  reason: "This library does not cover the question: “football” appears nowhere in it.",
  claims: [],
  sources: [],
  provider: "none",
  topics: ["T1535 Unused Cloud Regions"],
  notices: [],
};

export const DOCUMENT: StoredDocument = {
  id: "d1",
  collection: "default",
  source: "attack.json#T1110",
  title: "T1110 Brute Force",
  kind: "attack-technique",
  language: "en",
  media_type: "application/stix+json",
  chunks: 1,
  characters: TEXT.length,
  content_hash: "0",
  ingested_at: "2026-11-20T10:00:00+00:00",
  text: TEXT,
  pages: [],
  blocks: [
    { kind: "heading", start: 0, end: 17, level: 1 },
    { kind: "paragraph", start: 19, end: 47, level: 0 },
    { kind: "heading", start: 49, end: 60, level: 2 },
    { kind: "paragraph", start: 62, end: TEXT.length, level: 0 },
  ],
  boxes: [],
  identifiers: ["T1110"],
  names: [],
  metadata: { platforms: ["Linux", "Windows"] },
  original: "/v1/documents/d1/original",
};

export const turnOf = (asked: string, answer: Answer, number = 1): Turn => ({
  id: `t${number}`,
  number,
  asked,
  standalone: asked,
  because: "",
  state: "done",
  at: "2026-11-21T10:00:00+00:00",
  answer,
  error: "",
  thumb: "",
  reason: "",
});
