/** Questions that are being answered now. They live outside of the components: leaving a conversation stops nothing. */

import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { type Answer, api, type Conversation, type Turn, type TurnEvent } from "../api";
import { KEYS } from "../queries";

export interface Run {
  conversation: string;
  /** The turn that is asked anew; it and all after it are replaced. */
  turn: string | null;
  asked: string;
  rewritten: string;
  because: string;
  stage: string;
  draft: string;
  answer: Answer | null;
  error: Error | null;
}

interface Asked {
  conversation: string;
  text: string;
  turn?: string;
}

const runs = new Map<string, Run>();
const stops = new Map<string, AbortController>();
const listeners = new Set<() => void>();

function put(conversation: string, run: Run | null) {
  if (run) runs.set(conversation, run);
  else runs.delete(conversation);
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** What runs in a conversation, or ended there in an error that is still to be read. */
export function useRun(conversation: string | undefined): Run | null {
  return useSyncExternalStore(subscribe, () => runs.get(conversation ?? "") ?? null);
}

export const isRunning = (run: Run | null): boolean => run !== null && run.error === null;

/** Stop the answer; the question stays in the conversation. */
export function stop(conversation: string) {
  stops.get(conversation)?.abort();
}

/** Stop all answers. */
export function stopAll() {
  for (const control of stops.values()) control.abort();
}

/** Forget an error that was read. */
export function dismiss(conversation: string) {
  if (!isRunning(runs.get(conversation) ?? null)) put(conversation, null);
}

/** Ask, and follow the answer to its end. One question runs in a conversation at a time. */
export async function ask(queries: QueryClient, { conversation, text, turn }: Asked): Promise<void> {
  if (isRunning(runs.get(conversation) ?? null)) return;
  const control = new AbortController();
  stops.set(conversation, control);
  put(conversation, fresh(conversation, text, turn ?? null));
  try {
    const events = turn
      ? api.conversations.again(conversation, turn, text, control.signal)
      : api.conversations.ask(conversation, text, control.signal);
    for await (const event of events) follow(queries, conversation, event);
  } catch (error) {
    if (!control.signal.aborted) fail(conversation, error as Error);
  } finally {
    stops.delete(conversation);
    await settle(queries, conversation);
  }
}

function fresh(conversation: string, asked: string, turn: string | null): Run {
  return { conversation, turn, asked, rewritten: "", because: "", stage: "begin", draft: "", answer: null, error: null };
}

function follow(queries: QueryClient, conversation: string, event: TurnEvent) {
  const run = runs.get(conversation);
  if (!run) return;
  if (event.kind === "turn") {
    queries.setQueryData<Conversation>(KEYS.conversation(conversation), (old) => old && withTurn(old, event.turn, run.turn));
    put(conversation, null);
  } else if (event.kind === "error") fail(conversation, event.error);
  else put(conversation, after(run, event));
}

/** The run after one more event. A draft begins anew when another provider takes over. */
export function after(run: Run, event: Exclude<TurnEvent, { kind: "turn" | "error" }>): Run {
  switch (event.kind) {
    case "rewritten":
      return { ...run, rewritten: event.text, because: event.because };
    case "stage":
      return { ...run, stage: event.text, draft: event.text === "generate" ? "" : run.draft };
    case "token":
      return { ...run, draft: run.draft + event.text };
    case "answer":
      return { ...run, answer: event.answer };
  }
}

/** The conversation with a turn that was just answered, in the place of `again` and all after it. */
export function withTurn(conversation: Conversation, turn: Turn, again: string | null): Conversation {
  const place = conversation.turns.findIndex((one) => one.id === (again ?? turn.id));
  const before = place < 0 ? conversation.turns : conversation.turns.slice(0, place);
  return { ...conversation, turns: [...before, turn] };
}

function fail(conversation: string, error: Error) {
  const run = runs.get(conversation);
  if (run) put(conversation, { ...run, error });
}

/** What the server has stored is what counts in the end. */
async function settle(queries: QueryClient, conversation: string) {
  await queries.invalidateQueries({ queryKey: KEYS.conversation(conversation) });
  if (isRunning(runs.get(conversation) ?? null)) put(conversation, null);
  void queries.invalidateQueries({ queryKey: KEYS.conversations });
}
