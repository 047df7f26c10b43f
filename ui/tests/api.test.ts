import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, api, onSignedOut } from "../src/api";
import { send, setAccessToken } from "../src/api/http";
import { serverEvents } from "../src/api/sse";
import { json, problem } from "./fakes/server";

const bodyOf = (...parts: string[]) =>
  new ReadableStream<Uint8Array>({
    start(control) {
      for (const part of parts) control.enqueue(new TextEncoder().encode(part));
      control.close();
    },
  });

async function all(body: ReadableStream<Uint8Array>) {
  const found = [];
  for await (const event of serverEvents(body)) found.push(event);
  return found;
}

describe("server-sent events", () => {
  it("come whole, however the bytes are cut, without comments", async () => {
    const text = 'event: token\ndata: {"text": "é"}\n\n: still working\n\nevent: answer\ndata: a\ndata: b\n\n';
    const expected = [
      { event: "token", data: '{"text": "é"}' },
      { event: "answer", data: "a\nb" },
    ];
    expect(await all(bodyOf(text))).toEqual(expected);
    const bytes = new TextEncoder().encode(text);
    const each = new ReadableStream<Uint8Array>({
      start(control) {
        for (const byte of bytes) control.enqueue(new Uint8Array([byte]));
        control.close();
      },
    });
    expect(await all(each)).toEqual(expected);
  });

  it("that were cut off are not made up", async () => {
    expect(await all(bodyOf("event: token\ndata: {"))).toEqual([]);
  });
});

describe("requests", () => {
  let answers: Record<string, () => Response>;
  let calls: [string, string | undefined][];

  beforeEach(() => {
    calls = [];
    vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
      const headers = init.headers as Record<string, string> | undefined;
      calls.push([path, headers?.authorization]);
      return answers[path]?.() ?? problem(404, "NotFound", "Nothing.");
    });
  });
  afterEach(() => setAccessToken(""));

  it("tell the server's own sentence", async () => {
    answers = { "/v1/documents": () => problem(503, "ProviderBusy", "Wait a minute.", true) };
    const error = await send("/v1/documents").catch((found: unknown) => found);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 503, kind: "ProviderBusy", message: "Wait a minute.", retry: true });
  });

  it("renew an expired access token once and go on", async () => {
    setAccessToken("old");
    let known = "old";
    answers = {
      "/v1/auth/refresh": () => {
        known = "new";
        return json({ access_token: "new", token_type: "bearer", expires_in: 60 });
      },
      "/v1/collections": () => (known === "new" ? json({ collections: [] }) : problem(401, "Unauthorized", "Expired.")),
    };
    expect(await api.collections()).toEqual([]);
    expect(calls.map(([path]) => path)).toEqual(["/v1/collections", "/v1/auth/refresh", "/v1/collections"]);
    expect(calls.at(-1)?.[1]).toBe("Bearer new");
  });

  it("tell when the session is over, and do not go round in circles", async () => {
    setAccessToken("old");
    const told = vi.fn();
    onSignedOut(told);
    answers = { "/v1/collections": () => problem(401, "Unauthorized", "Expired.") };
    await expect(api.collections()).rejects.toMatchObject({ status: 401 });
    expect(told).toHaveBeenCalledOnce();
    expect(calls.map(([path]) => path)).toEqual(["/v1/collections", "/v1/auth/refresh"]);
  });

  it("take a session up again by its cookie", async () => {
    const person = { id: "p1", email: "a@example.org" };
    let signedIn = false;
    answers = {
      "/v1/me": () => json({ sign_in: true, person: signedIn ? person : null, registration: true, version: "1", roles: [] }),
      "/v1/auth/refresh": () => {
        signedIn = true;
        return json({ access_token: "new", token_type: "bearer", expires_in: 60 });
      },
    };
    expect((await api.me()).person).toEqual(person);
  });
});
