import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PATIENCE_MS } from "../src/api/alone";
import { json, problem } from "./fakes/server";

const LOCK = "vedette-refresh";
const WAY_MS = 30;
const realTimeout = globalThis.setTimeout;
const wait = (ms: number) => new Promise((done) => realTimeout(done, ms));

/** A server that takes a cookie once and ends the session of one that comes twice, and the cookies that tabs share. */
function fakeSession() {
  let [cookie, good, taken, ended] = ["c0", "c0", 0, false];
  const kept: unknown[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    if (path !== "/v1/auth/refresh") return problem(401, "Unauthorized", "Expired.");
    kept.push(init.keepalive);
    const sent = cookie;
    await wait(WAY_MS);
    ended ||= sent !== good;
    if (ended) return problem(401, "Unauthorized", "Sign in first.");
    taken += 1;
    good = `c${taken}`;
    await wait(WAY_MS);
    cookie = good;
    document.cookie = `vedette_turn=${taken}`;
    return json({ access_token: `a${taken}`, token_type: "bearer", expires_in: 60 });
  });
  return { kept, ended: () => ended, taken: () => taken };
}

/** What browsers have in secure contexts: one holder after the other. */
function giveLocks() {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_: string, work: () => Promise<unknown>) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
  Object.defineProperty(navigator, "locks", { value: { request }, configurable: true });
}

/** The module as another tab has it: with a memory of its own. */
async function tab() {
  vi.resetModules();
  return import("../src/api/http");
}

beforeEach(() => {
  localStorage.removeItem(LOCK);
  document.cookie = "vedette_turn=; max-age=0";
});
afterEach(() => {
  Reflect.deleteProperty(navigator, "locks");
  vi.useRealTimers();
});

describe.each([
  ["with the browser's lock", giveLocks],
  ["without it, over plain http", () => expect(navigator.locks).toBeUndefined()],
])("refreshing, %s", (_, prepare) => {
  beforeEach(() => prepare());

  it("is done by one tab after the other, each with the cookie of the one before", async () => {
    const session = fakeSession();
    const tabs = [await tab(), await tab(), await tab(), await tab()];
    const found = await Promise.all(tabs.map((one) => one.refresh()));
    expect(found).toEqual([true, true, true, true]);
    expect([session.taken(), session.ended()]).toEqual([4, false]);
    expect(localStorage.getItem(LOCK)).toBeNull();
  });

  it("is done once for all requests of a tab that wait for it", async () => {
    const session = fakeSession();
    const one = await tab();
    one.setAccessToken("old");
    expect(await Promise.all([one.refresh(), one.refresh(), one.refresh()])).toEqual([true, true, true]);
    expect([session.taken(), session.ended()]).toEqual([1, false]);
  });

  it("waits for what a page began that was loaded anew meanwhile", async () => {
    const session = fakeSession();
    const one = await tab();
    vi.useFakeTimers({ toFake: ["setTimeout", "Date"] });
    localStorage.setItem(LOCK, `gone ${Date.now()}`);
    const refreshed = one.refresh();
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 200);
    expect(session.kept).toEqual([]);
    await vi.advanceTimersByTimeAsync(400);
    expect(await refreshed).toBe(true);
    expect(session.kept).toEqual([true]); // and it would itself outlive its page
  });

  it("goes on at once when the answer has come that such a page waited for", async () => {
    const session = fakeSession();
    const one = await tab();
    localStorage.setItem(LOCK, `gone ${Date.now()} before`);
    document.cookie = "vedette_turn=before";
    let done = false;
    const refreshed = one.refresh().then((found) => (done = found));
    await wait(300);
    expect([session.kept.length, done]).toEqual([0, false]);
    document.cookie = "vedette_turn=after";
    expect(await refreshed).toBe(true);
  });

  it("goes on at once where no cookie, a failure or a clock that was set back stands in the way", async () => {
    const session = fakeSession();
    const one = await tab();
    localStorage.setItem(LOCK, `late ${Date.now() + 3_600_000}`);
    expect(await one.refresh()).toBe(true);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    await expect(one.refresh()).rejects.toThrow("offline");
    expect(localStorage.getItem(LOCK)).toBeNull();
    expect(session.ended()).toBe(false);
  });
});
