import type { DocumentInfo } from "../api";

export const COLUMNS = ["title", "kind", "language", "ingested_at"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  by: Column;
  down: boolean;
}

export interface Wanted {
  words: string;
  kind: string;
  order: Order;
}

/** The documents that hold all words in title, source or label, in order. */
export function chosen(documents: readonly DocumentInfo[], { words, kind, order }: Wanted): DocumentInfo[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  const held = (one: DocumentInfo) => `${one.title}\n${one.source}\n${one.sharing?.tlp ?? ""}`.toLowerCase();
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  return documents
    .filter((one) => (!kind || one.kind === kind) && parts.every((part) => held(one).includes(part)))
    .sort((one, other) => compare(one[order.by], other[order.by]) * (order.down ? -1 : 1));
}

/** The order after a press on a column's head: that column, and the other way round at a second press. */
export const pressed = (now: Order, by: Column): Order => ({ by, down: now.by === by ? !now.down : by === "ingested_at" });
