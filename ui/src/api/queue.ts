/** The JSON of questions that are answered later, as docs/reference describes it. */

import type { Answer, Thumb } from "./types";

/** Places are counted so far; who stands behind has the next one. */
export const FURTHEST = 300;

export type QueueState = "waiting" | "answering" | "answered" | "dead" | "cancelled";
/** Empty: none is wanted. `refused`: no server took it; `bounced`: one took it and could not deliver it. */
export type MailState = "" | "waiting" | "sending" | "sent" | "refused" | "bounced";
export type DeadReason = "" | "provider_down" | "timeout" | "worker_lost" | "not_found" | "not_allowed" | "broken";

/** With a key it is the same question however often it is sent. */
export interface NewQuestion {
  text: string;
  collection: string;
  by_mail: boolean;
  training?: boolean;
  key: string;
}

export interface Submission {
  text: string;
  collection: string;
  language: string;
  by_mail: boolean;
  training: boolean;
  origin: "page" | "api" | "cli" | "mail";
  key: string;
  subject: string;
  thread: string[];
  follows: string;
}

/** `place` is 1 for the next one to be answered, 0 for one that does not wait. `error` is a sentence on the last try,
 * `mail_error` what the mail server said. Times are empty for what has not happened. */
export interface QueuedQuestion {
  id: string;
  person: string;
  number: number;
  submission: Submission;
  state: QueueState;
  asked: string;
  priority: number;
  place: number;
  tries: number;
  reason: DeadReason;
  error: string;
  answered: string;
  answer: Answer | null;
  mail: MailState;
  mail_tries: number;
  mail_error: string;
  sent: string;
  thumb: Thumb;
  thumb_reason: string;
}

/** `oldest` is when the longest waiting one was asked; `holders` are the workers that have one. */
export interface QueueCounts {
  waiting: number;
  answering: number;
  answered: number;
  dead: number;
  cancelled: number;
  mails_waiting: number;
  mails_failed: number;
  oldest: string;
  holders: string[];
}

export interface Queue {
  questions: QueuedQuestion[];
  counts: QueueCounts;
}

/** What was deleted of a person. */
export interface Forgotten {
  conversations: number;
  questions: number;
  forecasts: number;
}
