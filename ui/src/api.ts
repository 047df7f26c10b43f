/** Every route that the page calls, typed. */

import { errorFrom, getJson, refresh, send, sendJson, setAccessToken } from "./api/http";
import { serverEvents } from "./api/sse";
import type * as T from "./api/types";
import { upload } from "./api/upload";

export { ApiError, onSignedOut } from "./api/http";
export type * from "./api/types";

const id = encodeURIComponent;
const query = (values: Record<string, string | number | undefined>): string => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}` : "";
};

/** Who is here; with a session's cookie, it is taken up again first. */
async function me(): Promise<T.Me> {
  const found = await getJson<T.Me>("/v1/me");
  return found.sign_in && !found.person && (await refresh()) ? getJson<T.Me>("/v1/me") : found;
}

async function signedIn(path: string, body: unknown): Promise<void> {
  setAccessToken((await sendJson<T.Token>("POST", path, body)).access_token);
}

async function signOut(): Promise<void> {
  await sendJson("POST", "/v1/auth/logout");
  setAccessToken("");
}

async function* turnEvents(path: string, text: string, signal: AbortSignal): AsyncGenerator<T.TurnEvent> {
  const response = await send(path, { method: "POST", json: { text }, accept: "text/event-stream", signal });
  if (!response.body) return;
  for await (const { event, data } of serverEvents(response.body)) {
    const body = JSON.parse(data);
    if (event === "error") yield { kind: "error", error: errorFrom(500, body) };
    else if (event === "answer") yield { kind: "answer", answer: body };
    else if (event === "turn") yield { kind: "turn", turn: body };
    else yield { kind: event, ...body };
  }
}

const auth = {
  register: (email: string, password: string, name: string) =>
    sendJson<void>("POST", "/v1/auth/register", { email, password, name }),
  login: (email: string, password: string) => signedIn("/v1/auth/login", { email, password }),
  logout: signOut,
  forgot: (email: string) => sendJson<void>("POST", "/v1/auth/forgot", { email }),
  reset: (token: string, password: string) => sendJson<void>("POST", "/v1/auth/reset", { token, password }),
  changePassword: (old: string, fresh: string) => signedIn("/v1/auth/password", { old, new: fresh }),
  sessions: () => getJson<{ sessions: T.SessionInfo[] }>("/v1/auth/sessions").then((found) => found.sessions),
  endSession: (session: string) => sendJson<void>("DELETE", `/v1/auth/sessions/${id(session)}`),
  keys: () => getJson<{ keys: T.KeyInfo[] }>("/v1/auth/keys").then((found) => found.keys),
  makeKey: (name: string, days: number) =>
    sendJson<{ key: T.KeyInfo; secret: string }>("POST", "/v1/auth/keys", { name, days }),
  revokeKey: (key: string) => sendJson<void>("DELETE", `/v1/auth/keys/${id(key)}`),
};

const conversations = {
  list: (search = "", signal?: AbortSignal) =>
    getJson<{ conversations: T.ConversationInfo[] }>(`/v1/conversations${query({ search })}`, signal).then(
      (found) => found.conversations,
    ),
  begin: (collection: string) => sendJson<T.ConversationInfo>("POST", "/v1/conversations", { collection }),
  get: (conversation: string) => getJson<T.Conversation>(`/v1/conversations/${id(conversation)}`),
  rename: (conversation: string, title: string) =>
    sendJson<T.ConversationInfo>("PATCH", `/v1/conversations/${id(conversation)}`, { title }),
  remove: (conversation: string) => sendJson<void>("DELETE", `/v1/conversations/${id(conversation)}`),
  ask: (conversation: string, text: string, signal: AbortSignal) =>
    turnEvents(`/v1/conversations/${id(conversation)}/ask`, text, signal),
  again: (conversation: string, turn: string, text: string, signal: AbortSignal) =>
    turnEvents(`/v1/conversations/${id(conversation)}/turns/${id(turn)}/again`, text, signal),
  rate: (conversation: string, turn: string, thumb: T.Thumb, reason: string) =>
    sendJson<T.Turn>("POST", `/v1/conversations/${id(conversation)}/turns/${id(turn)}/rating`, { thumb, reason }),
  exported: (conversation: string, form: "markdown" | "evidence") =>
    send(`/v1/conversations/${id(conversation)}/export${query({ form })}`, { accept: "*/*" }).then((got) => got.blob()),
};

const questions = {
  ask: (question: T.NewQuestion) => sendJson<T.QueuedQuestion>("POST", "/v1/questions", question),
  list: (limit: number, before?: string) =>
    getJson<{ questions: T.QueuedQuestion[] }>(`/v1/questions${query({ limit, before })}`).then((found) => found.questions),
  get: (question: string) => getJson<T.QueuedQuestion>(`/v1/questions/${id(question)}`),
  cancel: (question: string) => sendJson<T.QueuedQuestion>("POST", `/v1/questions/${id(question)}/cancel`),
  retry: (question: string) => sendJson<T.QueuedQuestion>("POST", `/v1/questions/${id(question)}/retry`),
  rate: (question: string, thumb: T.Thumb, reason: string) =>
    sendJson<T.QueuedQuestion>("POST", `/v1/questions/${id(question)}/rating`, { thumb, reason }),
};

const documents = {
  list: (collection?: string) =>
    getJson<{ documents: T.DocumentInfo[] }>(`/v1/documents${query({ collection })}`).then((found) => found.documents),
  get: (document: string) => getJson<T.StoredDocument>(`/v1/documents/${id(document)}`),
  original: (document: string) =>
    send(`/v1/documents/${id(document)}/original`, { accept: "*/*" }).then((got) => got.blob()),
  remove: (document: string) => sendJson<void>("DELETE", `/v1/documents/${id(document)}`),
  failures: (collection?: string) =>
    getJson<{ failed: T.Quarantined[] }>(`/v1/failures${query({ collection })}`).then((found) => found.failed),
  dismiss: (collection: string, source: string) => sendJson<void>("DELETE", `/v1/failures${query({ collection, source })}`),
  ingest: (targets: string[], collection: string, sharing?: T.Sharing) =>
    sendJson<T.IngestReport>("POST", "/v1/ingest", { targets, collection, ...(sharing && { sharing }) }),
  share: (document: string, sharing: T.Sharing) =>
    sendJson<T.DocumentInfo>("PATCH", `/v1/documents/${id(document)}/sharing`, sharing),
  upload,
};

const networks = {
  list: () => getJson<{ networks: T.NetworkInfo[] }>("/v1/networks").then((found) => found.networks),
  get: (network: string) => getJson<T.Network>(`/v1/networks/${id(network)}`),
  incidents: (network: string) =>
    getJson<{ incidents: T.Incident[] }>(`/v1/networks/${id(network)}/incidents`).then((found) => found.incidents),
  observe: (network: string, incidents: T.Incident[]) =>
    sendJson<{ new: number }>("POST", `/v1/networks/${id(network)}/incidents`, { incidents }).then((found) => found.new),
  models: (network: string) =>
    getJson<{ models: T.ForecastModel[] }>(`/v1/networks/${id(network)}/models`).then((found) => found.models),
  promote: (network: string, model: string, force: boolean) =>
    sendJson<T.ForecastModel>("POST", `/v1/networks/${id(network)}/models/${id(model)}/promote`, { force }),
  store: (network: T.NewNetwork) => sendJson<T.NetworkInfo>("POST", "/v1/networks", network),
  share: (network: string, readers: string[]) => sendJson<T.NetworkInfo>("PATCH", `/v1/networks/${id(network)}`, { readers }),
  remove: (network: string) => sendJson<void>("DELETE", `/v1/networks/${id(network)}`),
};

const forecasts = {
  list: () => getJson<{ forecasts: T.ForecastJob[] }>("/v1/forecasts").then((found) => found.forecasts),
  get: (forecast: string) => getJson<T.ForecastJob>(`/v1/forecasts/${id(forecast)}`),
  begin: (asked: T.NewForecast) => sendJson<T.ForecastJob>("POST", "/v1/forecasts", asked),
  /** Stops what runs, forgets what is done. */
  drop: (forecast: string) => sendJson<void>("DELETE", `/v1/forecasts/${id(forecast)}`),
};

const admin = {
  people: () => getJson<{ people: T.Person[] }>("/v1/admin/people").then((found) => found.people),
  create: (email: string, password: string, name: string, role: T.Role) =>
    sendJson<T.Person>("POST", "/v1/admin/people", { email, password, name, role }),
  change: (person: string, change: T.AccountChange) =>
    sendJson<T.Person>("PATCH", `/v1/admin/people/${id(person)}`, change),
  remove: (person: string) => sendJson<void>("DELETE", `/v1/admin/people/${id(person)}`),
  resetLink: (person: string) =>
    sendJson<{ link: string }>("POST", `/v1/admin/people/${id(person)}/reset-link`).then((made) => made.link),
  audit: (before?: number) =>
    getJson<{ entries: T.AuditEntry[] }>(`/v1/admin/audit${query({ before })}`).then((found) => found.entries),
  verifyAudit: () => getJson<T.AuditReport>("/v1/admin/audit/state"),
  feedback: () => getJson<{ feedback: T.Feedback[] }>("/v1/admin/feedback").then((found) => found.feedback),
  queue: (state: T.QueueState | "mail_failed", limit: number) => getJson<T.Queue>(`/v1/admin/questions${query({ state, limit })}`),
  retryQuestion: (question: string) =>
    sendJson<T.QueuedQuestion>("POST", `/v1/admin/questions/${id(question)}/retry`),
  health: () => getJson<{ parts: T.PartHealth[] }>("/v1/admin/health").then((found) => found.parts),
};

export const api = {
  me,
  rename: (name: string, language: string) => sendJson<T.Person>("PATCH", "/v1/me", { name, language }),
  forgetMe: () => sendJson<T.Forgotten>("DELETE", "/v1/me/data"),
  auth,
  conversations,
  questions,
  documents,
  networks,
  forecasts,
  admin,
  collections: () =>
    getJson<{ collections: T.CollectionInfo[] }>("/v1/collections").then((found) => found.collections),
  shareCollection: (name: string, readers: string[]) =>
    sendJson<T.CollectionInfo>("PATCH", `/v1/collections/${id(name)}`, { readers }),
  removeCollection: (name: string) => sendJson<{ removed: number }>("DELETE", `/v1/collections/${id(name)}`),
  readers: () => getJson<{ readers: T.Reader[] }>("/v1/readers").then((found) => found.readers),
  identifier: (value: string, collection: string) =>
    getJson<T.IdentifierCard>(`/v1/identifiers/${id(value)}${query({ collection })}`),
};
