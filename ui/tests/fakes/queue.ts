import type { Me, QueueCounts, QueuedQuestion } from "../../src/api";
import { ANSWER } from "./data";
import { mailFailed } from "../../src/questions/useQuestions";
import { ANA, BEN } from "./people";
import { fakeServer, json, problem } from "./server";

const MINE = "/v1/questions";

export const queued = (number: number, more: Partial<QueuedQuestion> = {}, text = `What about T11${number}?`): QueuedQuestion => ({
  id: `q${number}`,
  person: "p1",
  number,
  submission: { text, collection: "default", language: "", by_mail: true, training: false, origin: "page", key: "", subject: "", thread: [], follows: "" },
  state: "waiting",
  asked: `2026-11-20T10:00:${String(number).padStart(2, "0")}+00:00`,
  priority: 1,
  place: 0,
  tries: 0,
  reason: "",
  error: "",
  answered: "",
  answer: null,
  mail: "",
  mail_tries: 0,
  mail_error: "",
  sent: "",
  thumb: "",
  thumb_reason: "",
  ...more,
});

export const answeredOne = (number: number, more: Partial<QueuedQuestion> = {}) =>
  queued(number, { state: "answered", answer: ANSWER, answered: "2026-11-20T11:00:00+00:00", mail: "sent", sent: "2026-11-20T11:00:01+00:00", ...more });

const COUNTS: QueueCounts = {
  waiting: 3,
  answering: 1,
  answered: 1250,
  dead: 1,
  cancelled: 2,
  mails_waiting: 0,
  mails_failed: 1,
  oldest: "2026-11-20T10:00:00+00:00",
  holders: ["worker-a:1"],
};

/** A server that keeps a line of questions. What is in `questions` is this person's, and can be changed while the page is
 * open; "too many" is refused. `me` differs from that of an admin who is mailed answers and asked for consent. */
export function fakeQueue(questions: QueuedQuestion[], me: Partial<Me> = {}, counts = COUNTS) {
  const here: Me = { sign_in: true, person: ANA, registration: false, language_default: "", mail: true, training: "ask", version: "1", roles: ["reader", "editor", "admin"], ...me };
  const change = (id: string, more: Partial<QueuedQuestion>): Response => {
    const place = questions.findIndex((one) => one.id === id);
    const old = questions[place];
    if (!old) return problem(404, "NotFound", "There is no such question.");
    questions[place] = { ...old, ...more };
    return json(questions[place]);
  };
  const server = fakeServer((call, body) => {
    const [method = "", path = ""] = call.split(" ");
    const url = new URL(path, "http://here");
    const [, , , id = "", part = ""] = url.pathname.split("/");
    if (call === "GET /v1/me") return json(here);
    if (call === "DELETE /v1/me/data") return json({ conversations: 2, questions: questions.splice(0).length, forecasts: 1 });
    if (url.pathname === "/v1/admin/people") return json({ people: [ANA, BEN] });
    if (url.pathname === "/v1/admin/questions") {
      const state = url.searchParams.get("state");
      return json({ questions: questions.filter((one) => (state === "mail_failed" ? mailFailed(one) : one.state === state)), counts });
    }
    if (url.pathname.startsWith("/v1/admin/questions/")) return change(url.pathname.split("/")[4] ?? "", { state: "waiting" });
    if (!url.pathname.startsWith(MINE)) return undefined;
    if (method === "POST" && !id) {
      if (String(body.text).includes("too many")) return problem(429, "TooMany", "Ten of your questions wait already; ask again later.");
      const fresh = queued(questions.length + 1, { place: 3 }, String(body.text));
      questions.unshift({ ...fresh, submission: { ...fresh.submission, by_mail: body.by_mail === true } });
      return json(questions[0], 202);
    }
    if (method === "GET" && !id) {
      const before = url.searchParams.get("before") ?? "9999";
      const limit = Number(url.searchParams.get("limit"));
      return json({ questions: questions.filter((one) => one.asked < before).slice(0, limit).map((one) => ({ ...one, answer: null })) });
    }
    if (part === "cancel" && questions.find((one) => one.id === id)?.state === "answering") {
      return problem(409, "Conflict", "The question is answered already.");
    }
    if (part === "cancel") return change(id, { state: "cancelled", place: 0 });
    if (part === "retry") return change(id, questions.find((one) => one.id === id)?.state === "answered" ? { mail: "waiting", mail_error: "" } : { state: "waiting", place: 4, reason: "", error: "" });
    if (part === "rating") return change(id, { thumb: body.thumb as "up", thumb_reason: String(body.reason) });
    return change(id, {});
  });
  return { ...server, questions };
}
