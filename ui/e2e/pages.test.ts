import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, launch, overflows, shot, watched, type Watched } from "./browser";
import { LIBRARY, lighthouse } from "./library";
import { type House, serve } from "./server";
import { ask, PASSWORD, signIn, upload } from "./steps";

const ADMIN = "admin@example.org";
const WIDTHS = [1280, 390];
const SCHEMES = ["light", "dark"] as const;

let house: House;
let browser: Browser;
let conversation = "";
let paper = "";

beforeAll(async () => {
  house = await serve(LIBRARY, { VEDETTE_ACCOUNTS_SIGN_IN: "true", VEDETTE_ACCOUNTS_REGISTRATION: "reader" });
  house.vedette(["users", "create-admin", ADMIN, "--name", "Ada"], `${PASSWORD}\n`);
  browser = await launch();
  const { page } = await watched(browser, house.url);
  await signIn(page, ADMIN);
  await page.getByRole("link", { name: "Administration" }).waitFor();
  await upload(page, [{ name: "lighthouse.pdf", mimeType: "application/pdf", buffer: lighthouse() }], "1 of 1 read, 0 not read", "manuals");
  await page.goto("/documents?collection=manuals");
  await page.getByRole("link", { name: /lighthouse/i }).first().click();
  await page.waitForURL("**/documents/*");
  paper = new URL(page.url()).pathname;
  await ask(page, "What is used to store passwords?");
  conversation = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Bad answer" }).click();
  await page.getByRole("textbox", { name: "What was wrong with it?" }).fill("It says nothing of peppers.");
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await page.goto("/");
  await page.getByRole("textbox", { name: "Your question" }).fill("Who holds the backup keys?");
  await page.getByRole("button", { name: "Answer me later" }).click();
  await page.getByText(/^Your question is in line/).waitFor();
  await page.context().close();
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

/** What is opened, and what has to be there before it is looked at. */
const PLACES: [name: string, path: () => string, there: (page: Page) => Promise<unknown>][] = [
  ["chat", () => "/", (page) => page.getByRole("heading", { level: 1 }).waitFor()],
  ["answer", () => conversation, (page) => page.getByRole("button", { name: /^Open source 1/ }).first().waitFor()],
  [
    "source",
    () => conversation,
    async (page) => {
      await page.getByRole("button", { name: /^Open source 1/ }).first().click();
      await page.locator("mark").first().waitFor();
    },
  ],
  ["documents", () => "/documents", (page) => page.getByRole("table").waitFor()],
  [
    "not-read",
    () => "/documents?collection=default",
    async (page) => {
      await page.getByRole("tab", { name: /Not read/ }).click();
      await page.getByRole("button", { name: /Dismiss .*broken\.pdf/ }).waitFor();
    },
  ],
  [
    "add",
    () => "/documents?collection=default",
    async (page) => {
      await page.getByRole("button", { name: "Add documents" }).click();
      await page.getByRole("dialog").getByRole("tab", { name: "Files" }).waitFor();
    },
  ],
  [
    "share",
    () => "/documents?collection=default",
    async (page) => {
      await page.getByRole("button", { name: "Who may read it" }).first().click();
      await page.getByRole("dialog").getByRole("combobox").waitFor();
    },
  ],
  ["document", () => paper, (page) => page.locator(".textLayer span").first().waitFor()],
  ["questions", () => "/questions", (page) => page.getByText(/^Answered/).waitFor()],
  [
    "question",
    () => "/questions",
    async (page) => {
      await page.getByRole("link", { name: "Who holds the backup keys?" }).click();
      await page.getByRole("button", { name: /^Open source 1/ }).first().waitFor();
    },
  ],
  ["account", () => "/account", (page) => page.getByText("this one").waitFor()],
  ["people", () => "/admin", (page) => page.getByRole("table").waitFor()],
  [
    "new-person",
    () => "/admin",
    async (page) => {
      await page.getByRole("button", { name: "New account" }).click();
      await page.getByRole("button", { name: "Suggest a password" }).click();
    },
  ],
  ["queue", () => "/admin/queue", (page) => page.getByText("None was given up.").waitFor()],
  ["audit", () => "/admin/audit", (page) => page.getByText(/The log is whole/).waitFor()],
  ["feedback", () => "/admin/feedback", (page) => page.getByText("It says nothing of peppers.").waitFor()],
  ["health", () => "/admin/health", (page) => page.getByRole("table").waitFor()],
  ["nowhere", () => "/no/such/place", (page) => page.getByRole("heading", { name: "Nothing here" }).waitFor()],
];
const DOORS: typeof PLACES = [
  ["sign-in", () => "/sign-in", (page) => page.getByRole("button", { name: "Sign in" }).waitFor()],
  ["register", () => "/register", (page) => page.getByRole("button", { name: "Create an account" }).waitFor()],
  ["forgot", () => "/forgot", (page) => page.getByRole("button", { name: "Send a link" }).waitFor()],
  ["reset", () => "/reset#token=none", (page) => page.getByLabel("New password").waitFor()],
];

describe.each(WIDTHS)("at %i px, light and dark", (width) => {
  let seen: Watched;
  const look = async (name: string, path: string, there: (page: Page) => Promise<unknown>) => {
    const { page, troubles } = seen;
    await page.goto(path);
    await there(page);
    await page.waitForTimeout(350); // what moves in has come to rest
    for (const scheme of SCHEMES) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
      await page.waitForTimeout(100); // and colours
      await shot(page, `${name}-${width}-${scheme}`);
      expect(await faults(page), scheme).toEqual([]);
    }
    expect(await overflows(page), "wider than the screen").toBe(false);
    expect(troubles).toEqual([]);
  };

  beforeAll(async () => {
    seen = await watched(browser, house.url, { viewport: { width, height: 800 } });
  });
  afterAll(() => seen.page.context().close());

  it.each(DOORS)("%s", (name, path, there) => look(name, path(), there));
  it("signs in", async () => {
    await signIn(seen.page, ADMIN);
    await seen.page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
  });
  it.each(PLACES)("%s", (name, path, there) => look(name, path(), there));
});

it("is usable at 1920 px, and in the widest language", async () => {
  const { page, troubles } = await watched(browser, house.url, { viewport: { width: 1920, height: 1080 } });
  await signIn(page, ADMIN);
  await page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
  await page.getByRole("button", { name: /^Language/ }).click();
  await page.getByRole("menuitem", { name: "Français" }).click();
  await page.getByRole("link", { name: "Discussion", exact: true }).waitFor();
  for (const path of ["/documents", "/admin", "/account"]) {
    await page.goto(path);
    await page.getByRole("table").first().waitFor();
    await shot(page, `french-1920${path.replace("/", "-")}`);
    expect(await faults(page)).toEqual([]);
  }
  for (const width of [840, 700, 390]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await overflows(page), `${width} px`).toBe(false);
  }
  expect(troubles).toEqual([]);
});
