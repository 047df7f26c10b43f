import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faults, launch, overflows, shot, watched, type Watched } from "./browser";
import { LIBRARY } from "./library";
import { mailed, SMTP } from "./mails";
import { type House, serve } from "./server";
import { PASSWORD, register, signIn } from "./steps";

const ASKER = "ben@example.org";
const ADMIN = "admin@example.org";
const QUESTION = "What is used to store passwords?";
const BUTTON = SMTP ? "Answer me by e-mail" : "Answer me later";
let house: House;
let browser: Browser;
let seen: Watched;

beforeAll(async () => {
  const people = { VEDETTE_ACCOUNTS_SIGN_IN: "true", VEDETTE_ACCOUNTS_REGISTRATION: "reader" };
  house = await serve(LIBRARY, { ...people, ...(SMTP && { VEDETTE_MAIL_URL: SMTP }) });
  house.vedette(["users", "create-admin", ADMIN], `${PASSWORD}\n`);
  browser = await launch();
  seen = await watched(browser, house.url);
  await register(seen.page, ASKER);
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
  const text = await mailed(ASKER, QUESTION);
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

it("without accounts a question waits where nobody answers: it is cancelled, and put into the line again", async () => {
  const idle = await serve(LIBRARY, { VEDETTE_QUESTIONS_WORKERS: "0" });
  const { page, troubles } = await watched(browser, idle.url);
  const asked = ["What is used to store passwords?", "Who holds the backup keys?"];
  await page.goto("/");
  for (const text of asked) {
    await page.getByRole("textbox", { name: "Your question" }).fill(text);
    await page.getByRole("button", { name: "Answer me later" }).click();
    await page.getByText(`Your question is in line: number ${asked.indexOf(text) + 1}`).waitFor();
  }
  await page.getByRole("note").getByRole("link", { name: "My questions" }).click();
  await page.getByText("2 questions are on their way.").waitFor();
  await page.getByText("Number 2 in line").waitFor();
  await page.getByRole("button", { name: "Cancel question 1" }).click();
  await page.getByText("Cancelled", { exact: true }).waitFor();
  await page.getByText("1 question is on its way.").waitFor();
  expect(await page.getByText(/^Number \d in line/).allTextContents()).toEqual(["Number 1 in line"]);
  await page.getByRole("button", { name: "Try again: question 1" }).click();
  await page.getByText("2 questions are on their way.").waitFor();
  await shot(page, "questions-waiting");
  expect(await faults(page)).toEqual([]);
  expect(troubles).toEqual([]);
  await page.context().close();
  await idle.stop();
});
