import { createContext, useContext } from "react";
import type { Asset, Scenario } from "../api";
import { plainScenario } from "./scenario";

/** What the parts of the page share: the scenario as it is being changed, and the host that is looked at. */
export interface Spread {
  assets: ReadonlyMap<string, Asset>;
  draft: Scenario;
  change: (part: Partial<Scenario>) => void;
  selected: string | null;
  select: (host: string | null) => void;
}

export const SpreadContext = createContext<Spread>({
  assets: new Map(),
  draft: plainScenario(""),
  change: () => undefined,
  selected: null,
  select: () => undefined,
});

export const useSpread = () => useContext(SpreadContext);

/** With or without one of a list. */
export const toggled = (all: readonly string[], one: string, on: boolean): string[] =>
  on ? [...new Set([...all, one])] : all.filter((other) => other !== one);
