/** Requests to our own server. The access token lives in this module's memory only; a cookie that no script can read
 * brings a new one. */

import i18n from "i18next";
import { alone } from "./alone";
import type { Token } from "./people";

/** What the server said went wrong: its message is a whole sentence that may be shown. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly retry = false,
    readonly retryAfterS: number | null = null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export interface Options {
  method?: "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
  json?: unknown;
  body?: BodyInit;
  accept?: string;
  signal?: AbortSignal | undefined;
}

let accessToken = "";
let signedOut: () => void = () => undefined;

export function setAccessToken(token: string): void {
  accessToken = token;
}

export function authorization(): Record<string, string> {
  return accessToken ? { authorization: `Bearer ${accessToken}` } : {};
}

/** Called when the session ended while the page was open. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

/** A new access token by the refresh cookie; false when there is no session. One tab at a time: the cookie works once,
 * and the server ends the session of one that comes twice. */
export async function refresh(): Promise<boolean> {
  const before = accessToken;
  const once = async (): Promise<boolean> => {
    if (accessToken !== before && accessToken) return true;
    // `keepalive`: where the page goes meanwhile, the new cookie arrives all the same.
    const response = await fetch("/v1/auth/refresh", { method: "POST", keepalive: true });
    accessToken = response.ok ? ((await response.json()) as Token).access_token : "";
    return response.ok;
  };
  return alone("vedette-refresh", turn, once);
}

/** What the server wrote beside the refresh cookie that came last, for scripts to read: a page that was loaded anew
 * sees by it when the answer to its predecessor is there. */
function turn(): string {
  return /(?:^|; )vedette_turn=(\w*)/.exec(document.cookie)?.[1] ?? "";
}

/** The response, when it is 2xx; else ApiError. An expired access token is renewed once. */
export async function send(path: string, options: Options = {}): Promise<Response> {
  let response = await attempt(path, options);
  if (response.status === 401 && accessToken) {
    if (await refresh()) response = await attempt(path, options);
    else signedOut();
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send(path, { signal })).json() as Promise<T>;
}

/** Sends JSON and reads JSON; undefined for an empty answer. */
export async function sendJson<T>(method: Options["method"], path: string, json?: unknown): Promise<T> {
  const response = await send(path, { method, json });
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

function attempt(path: string, options: Options): Promise<Response> {
  const { method = "GET", json, body, accept = "application/json", signal } = options;
  const typed: Record<string, string> = json === undefined ? {} : { "content-type": "application/json" };
  return fetch(path, {
    method,
    // What results say of themselves comes in the language of the page, not of the browser.
    headers: { accept, "accept-language": i18n.language ?? "en", ...typed, ...authorization() },
    body: json === undefined ? (body ?? null) : JSON.stringify(json),
    signal: signal ?? null,
  });
}

/** The error that a body `{"error": {"class", "message", "retry"}}` tells of. */
export function errorFrom(status: number, body: unknown, retryAfterS: number | null = null): ApiError {
  const told = (body as { error?: { class?: string; message?: string; retry?: boolean } } | null)?.error;
  return new ApiError(status, told?.class ?? "", told?.message ?? "", told?.retry ?? status >= 500, retryAfterS);
}

async function errorOf(response: Response): Promise<ApiError> {
  const after = Number(response.headers.get("retry-after")) || null;
  const body: unknown = await response.json().catch(() => null);
  return errorFrom(response.status, body, after);
}
