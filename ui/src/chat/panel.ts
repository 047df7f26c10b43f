import { createContext, useContext } from "react";
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

/** "s3" as it is shown: 3. */
export const sourceNumber = (id: string): string => id.replace(/^s/, "");
