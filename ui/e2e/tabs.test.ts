import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch } from "./browser";
import { type House, serve } from "./server";
import { PASSWORD, signIn } from "./steps";

const EMAIL = "ana@example.org";
let house: House;
let browser: Browser;

beforeAll(async () => {
  house = await serve({ "note.md": "# Note\n\nA note." }, { VEDETTE_ACCOUNTS_SIGN_IN: "true" });
  house.vedette(["users", "create-admin", EMAIL], PASSWORD);
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

const isIn = (page: Page) => page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
/** Whether a refresh token came twice: then the server took it for stolen. */
const reused = () => house.vedette(["audit", "show", "--json"]).includes("session.reused");

// Over plain http, elsewhere than on this machine, browsers offer no locks.
it.each([true, false])("tabs that open at the same moment, and a page loaded anew at once, stay signed in (locks: %s)", async (locks) => {
  const context = await browser.newContext({ baseURL: house.url, locale: "en-GB" });
  context.setDefaultTimeout(60_000);
  if (!locks) await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined }));
  const page = await context.newPage();
  await signIn(page, EMAIL);
  await isIn(page);
  expect(await page.evaluate(() => Boolean(navigator.locks))).toBe(locks);
  for (let round = 0; round < 3; round += 1) {
    const tabs = await Promise.all(Array.from({ length: 4 }, () => context.newPage()));
    await Promise.all(tabs.map((tab) => tab.goto("/")));
    await Promise.all(tabs.map(isIn));
    await Promise.all(tabs.map((tab) => tab.reload()));
    await Promise.all(tabs.map(isIn));
    await Promise.all(tabs.map((tab) => tab.close()));
  }
  for (let round = 0; round < 5; round += 1) {
    const begun = page.waitForRequest("**/v1/auth/refresh");
    await page.reload({ waitUntil: "commit" });
    await begun; // the cookie is on its way: and now
    await page.reload({ waitUntil: "commit" });
    await isIn(page);
  }
  expect(reused()).toBe(false);
  await context.close();
});
