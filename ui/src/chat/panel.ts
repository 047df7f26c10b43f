import { createContext, useContext, useMemo, useState } from "react";
import type { Answer, Source } from "../api";

/** What stands beside the conversation. */
export type Panel =
  | { kind: "sources"; answer: Answer }
  | { kind: "source"; answer: Answer | null; source: Source }
  | { kind: "identifier"; value: string; collection: string };

export interface Beside {
  panel: Panel | null;
  show: (panel: Panel | null) => void;
  /** The collection of the conversation: where identifiers are looked up. */
  collection: string;
  /** Ask something in this conversation. */
  ask: (text: string) => void;
}

export const BesideContext = createContext<Beside>({
  panel: null,
  show: () => undefined,
  collection: "default",
  ask: () => undefined,
});

export const useBeside = () => useContext(BesideContext);

/** What stands beside the page of `id`; it goes with the page. */
export function useBesideOf(id: string | undefined, collection: string, ask: (text: string) => void): Beside {
  const [shown, setShown] = useState<{ panel: Panel; id: string | undefined } | null>(null);
  const panel = shown && shown.id === id ? shown.panel : null;
  return useMemo(
    () => ({ panel, collection, ask, show: (next: Panel | null) => setShown(next && { panel: next, id }) }),
    [panel, collection, ask, id],
  );
}

/** "s3" as it is shown: 3. */
export const sourceNumber = (id: string): string => id.replace(/^s/, "");
