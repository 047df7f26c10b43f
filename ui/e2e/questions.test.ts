import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faults, launch, overflows, shot, watched, type Watched } from "./browser";
import { LIBRARY } from "./library";
import { mailed, SMTP } from "./mails";
import { type House, serve } from "./server";
import { PASSWORD, signIn } from "./steps";

const ASKER = "ben@example.org";
const ADMIN = "admin@example.org";
const QUESTION = "What is used to store passwords?";
const BUTTON = SMTP ? "Answer me by e-mail" : "Answer me later";
let house: House;
let browser: Browser;
let seen: Watched;

beforeAll(async () => {
  house = await serve(LIBRARY, { VEDETTE_ACCOUNTS_SIGN_IN: "true", ...(SMTP && { VEDETTE_MAIL_URL: SMTP }) });
  house.vedette(["users", "create-admin", ADMIN], `${PASSWORD}\n`);
  house.vedette(["users", "create", ASKER, "--role", "reader"], `${PASSWORD}\n`);
  browser = await launch();
  seen = await watched(browser, house.url);
  await signIn(seen.page, ASKER);
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

it("a question is put into the line, stands among my questions, and is answered there", async () => {
  const { page, troubles } = seen;
  await page.getByRole("textbox", { name: "Your question" }).fill(QUESTION);
  await page.getByRole("checkbox", { name: /training data/ }).check();
  await page.getByRole("button", { name: BUTTON }).click();
  await page.getByText(/^Your question is in line/).waitFor();
  expect(await faults(page)).toEqual([]);
  await shot(page, "questions-asked");
  await page.getByRole("note").getByRole("link", { name: "My questions" }).click();
  await page.getByRole("link", { name: QUESTION }).waitFor();
  await page.getByText(/^Answered/).waitFor();
  await shot(page, "questions-list");
  expect(await faults(page)).toEqual([]);
  await page.getByRole("link", { name: QUESTION }).click();
  await page.getByRole("button", { name: /^Open source 1/ }).first().click();
  await page.locator("mark").filter({ hasText: "Argon2id" }).first().waitFor();
  await shot(page, "questions-one");
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Good answer" }).click();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.getByRole("button", { name: "Good answer", pressed: true }).waitFor();
  expect(troubles).toEqual([]);
});

it.skipIf(!SMTP)("its answer comes by mail too, and the page says so", async () => {
  const { page } = seen;
  const text = await mailed(ASKER, /passwords/);
  expect(text).toContain("Argon2id");
  await page.getByText(/^Sent by e-mail/).waitFor();
});

it("what is asked on a narrow screen is asked with the same button, shown as a sign", async () => {
  const { page, troubles } = seen;
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto("/");
  await page.getByRole("textbox", { name: "Your question" }).fill("Who holds the backup keys?");
  await page.getByRole("button", { name: BUTTON }).click();
  await page.getByText(/^Your question is in line/).waitFor();
  await shot(page, "questions-narrow");
  expect(await overflows(page)).toBe(false);
  expect(await faults(page)).toEqual([]);
  await page.getByRole("note").getByRole("link", { name: "My questions" }).click();
  await page.getByText("None is on its way.").waitFor();
  await shot(page, "questions-list-narrow");
  expect(await overflows(page)).toBe(false);
  expect(troubles).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 800 });
});

it("an administrator sees how many stand where, and nobody's text", async () => {
  const { page, troubles } = await watched(browser, house.url);
  await signIn(page, ADMIN);
  await page.getByRole("link", { name: "Administration" }).click();
  await page.getByRole("link", { name: "Queue" }).click();
  await page.getByText("None was given up.").waitFor();
  const count = page.locator("dl > div").filter({ has: page.getByText("Answered", { exact: true }) }).locator("dd");
  expect(await count.textContent()).toBe("2");
  expect(await page.getByText(QUESTION).count()).toBe(0);
  await shot(page, "questions-queue");
  expect(await faults(page)).toEqual([]);
  for (const width of [390, 700, 850, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await overflows(page), `${width} px`).toBe(false);
  }
  expect(troubles).toEqual([]);
  await page.context().close();
});

it("whoever deletes their data has no questions any more", async () => {
  const { page, troubles } = seen;
  await page.goto("/account");
  await page.getByRole("button", { name: "Delete my data" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Delete my data" }).click();
  await page.getByText("Deleted: 0 conversations, 2 questions").waitFor();
  await page.getByRole("link", { name: "My questions" }).click();
  await page.getByText(/^Nothing here yet/).waitFor();
  expect(troubles).toEqual([]);
});
