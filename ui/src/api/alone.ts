/** One piece of work at a time, over all tabs of the page. */

/** How long work may take: who finds the mark of work that began longer ago takes it to be lost. */
export const PATIENCE_MS = 15_000;
/** How long a mark needs until every tab sees it. */
const SETTLE_MS = 50;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Does the work when no other tab is at work of this name. `outcome` changes when work is done, whoever began it.
 *
 * The browser's own lock, where it has one: not over plain http. A mark in the storage that tabs share, in any case,
 * for that lock goes with its page: whoever loads the page anew in the midst of the work would find it free. */
export async function alone<T>(name: string, outcome: () => string, work: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | undefined;
  return locks ? await locks.request(name, () => marked(name, outcome, work, 0)) : await marked(name, outcome, work, SETTLE_MS);
}

async function marked<T>(name: string, outcome: () => string, work: () => Promise<T>, settleMs: number): Promise<T> {
  const mine = crypto.getRandomValues(new Uint32Array(2)).join("-");
  while (!(await taken(name, mine, outcome, settleMs))) await pause(SETTLE_MS);
  try {
    return await work();
  } finally {
    if (markOf(name).by === mine) localStorage.removeItem(name);
  }
}

async function taken(name: string, mine: string, outcome: () => string, settleMs: number): Promise<boolean> {
  const { at, before } = markOf(name);
  const age = Date.now() - at;
  // A mark from the future is that of a clock which was set back.
  if (age >= 0 && age < PATIENCE_MS && before === outcome()) return false;
  localStorage.setItem(name, `${mine} ${Date.now()} ${outcome()}`);
  // Of those who wrote at the same moment, the last one has it.
  if (settleMs) await pause(settleMs);
  return markOf(name).by === mine;
}

function markOf(name: string): { by: string; at: number; before: string } {
  const [by = "", at = "0", before = ""] = (localStorage.getItem(name) ?? "").split(" ");
  return { by, at: Number(at), before };
}
