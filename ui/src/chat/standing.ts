import type { Turn } from "../api";
import { isRunning, type Run } from "./runs";

/** The turns to show beside a run: without those that it replaces, and without its own, stored but not yet answered. */
export function standing(turns: readonly Turn[], run: Run | null): readonly Turn[] {
  if (!run) return turns;
  const replaced = run.turn ? turns.findIndex((turn) => turn.id === run.turn) : -1;
  if (replaced >= 0 && isRunning(run)) return turns.slice(0, replaced);
  const last = turns.at(-1);
  const own = last && last.state !== "done" && last.asked === run.asked;
  return own ? turns.slice(0, -1) : turns;
}
