/** The JSON of the REST API, as docs/reference describes it. */

import type { Forecast } from "./spread";

export type * from "./people";
export type * from "./queue";
export type * from "./spread";
export type * from "./spread-models";

export type Support = "supported" | "weak" | "unsupported";
export type Thumb = "up" | "down" | "";

export interface CollectionInfo {
  name: string;
  documents: number;
  chunks: number;
  languages: string[];
  calibrated: boolean;
  main_languages: string[];
  readers: string[];
  suggestions: string[];
}

export interface Sharing {
  readers: string[];
  tlp: string;
}

export interface DocumentInfo {
  id: string;
  collection: string;
  source: string;
  title: string;
  kind: string;
  language: string;
  media_type: string;
  pages: number;
  chunks: number;
  characters: number;
  content_hash: string;
  ingested_at: string;
  sharing?: Sharing;
}

export interface Failure {
  path: string;
  reason: string;
  page: number | null;
}

/** A failure in the list of all that there are. */
export interface Quarantined extends Failure {
  collection: string;
}

export interface IngestReport {
  collection: string;
  documents: number;
  chunks: number;
  skipped: number;
  removed: number;
  failed: Failure[];
  seconds: number;
  corpus_version: number;
}

export interface Block {
  kind: "heading" | "paragraph" | "list_item" | "table_row" | "code";
  start: number;
  end: number;
  level: number;
}

/** Where a line stands on a PDF page: left, bottom, right, top in points from the lower left. */
export interface LineBox {
  page: number;
  start: number;
  end: number;
  box: [number, number, number, number];
}

export interface Page {
  number: number;
  start: number;
  end: number;
}

export interface StoredDocument extends Omit<DocumentInfo, "pages"> {
  text: string;
  pages: Page[];
  blocks: Block[];
  boxes: LineBox[];
  identifiers: string[];
  names: string[];
  metadata: Record<string, unknown>;
  original: string;
}

export interface Source {
  id: string;
  document: string;
  title: string;
  source: string;
  page: number;
  start: number;
  end: number;
  quote: string;
  score: number;
}

export interface Claim {
  text: string;
  support: Support;
  sources: string[];
}

export interface Answer {
  answer: string;
  refused: boolean;
  reason: string;
  claims: Claim[];
  sources: Source[];
  provider: string;
  corpus_version: number;
  timings_ms: Record<string, number>;
  topics: string[];
  notices: string[];
  confidence: number;
  /** Of an answer that says how a threat would spread. */
  forecast?: Forecast | null;
}

export interface ConversationInfo {
  id: string;
  title: string;
  collection: string;
  turns: number;
  created: string;
  changed: string;
}

export interface Turn {
  id: string;
  number: number;
  asked: string;
  standalone: string;
  /** Why the question was changed; empty where it stands by itself. */
  because: string;
  state: "pending" | "done" | "failed";
  at: string;
  answer: Answer | null;
  error: string;
  thumb: Thumb;
  reason: string;
}

export interface Conversation {
  info: ConversationInfo;
  turns: Turn[];
  summary: string;
  summarised: number;
}

export interface IdentifierCard {
  value: string;
  kind: string;
  title: string;
  lines: { label: string; text: string; document: string }[];
  related: [relation: string, id: string, title: string][];
}

export interface Feedback {
  person: string;
  conversation: string;
  turn: string;
  question: string;
  answer: string;
  thumb: Thumb;
  reason: string;
  at: string;
  provider: string;
}

/** The events of a question in a conversation, in the order in which they come. */
export type TurnEvent =
  | { kind: "rewritten"; text: string; because: string }
  | { kind: "stage"; text: string }
  | { kind: "token"; text: string }
  | { kind: "answer"; answer: Answer }
  | { kind: "error"; error: Error }
  | { kind: "turn"; turn: Turn };
