import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, shot, watched, type Watched } from "./browser";
import { mailed, SMTP } from "./mails";
import { LIBRARY, lighthouse, PDF_QUESTION, PDF_WORDS } from "./library";
import { type House, serve } from "./server";
import { ask, PASSWORD, signIn, upload } from "./steps";

const EMAIL = "ana@example.org";
let house: House;
let browser: Browser;
let seen: Watched;
let page: Page;

beforeAll(async () => {
  const people = { VEDETTE_ACCOUNTS_SIGN_IN: "true", VEDETTE_ACCOUNTS_REGISTRATION: "editor" };
  house = await serve(LIBRARY, { ...people, ...(SMTP && { VEDETTE_MAIL_URL: SMTP }) });
  browser = await launch();
  seen = await watched(browser, house.url);
  page = seen.page;
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

it("a stranger is asked to sign in, registers, and is in", async () => {
  await page.goto("/");
  await page.waitForURL("**/sign-in");
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Name").fill("Ana");
  await page.getByLabel("E-mail address").fill(EMAIL);
  await page.getByLabel("Password", { exact: true }).fill("too short");
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByText(/use 12 or more/).waitFor();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByRole("status").getByRole("link", { name: "Sign in" }).click();
  await signIn(page, EMAIL, "not my password at all");
  await page.getByRole("alert").waitFor();
  await signIn(page, EMAIL);
  await page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
});

it("an answer leads to its passage in the text, which is marked", async () => {
  await ask(page, "What is used to store passwords?");
  await page.getByRole("button", { name: /^Open source 1/ }).first().click();
  const mark = page.locator("mark").filter({ hasText: "Argon2id" }).first();
  await mark.waitFor();
  expect(await mark.textContent()).toContain("Argon2id");
  await shot(page, "journey-text");
});

it("what the documents do not hold is refused", async () => {
  await ask(page, "Who won the 1998 football World Cup?");
  await page.getByRole("heading", { name: "Not in these documents" }).waitFor();
});

it("an uploaded PDF is asked about, and its lines are marked where they stand", async () => {
  await upload(page, [
    { name: "lighthouse.pdf", mimeType: "application/pdf", buffer: lighthouse() },
    { name: "broken.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 nothing") },
  ], "1 of 2 read, 1 not read");
  await shot(page, "journey-upload");
  await ask(page, PDF_QUESTION);
  await page.getByRole("button", { name: /^Open source 1/ }).first().click();
  await page.getByTestId("highlight").locator("div").first().waitFor();
  const words = page.locator(".textLayer span").filter({ hasText: PDF_WORDS });
  await words.first().waitFor();
  await shot(page, "journey-pdf");
  const text = await words.first().boundingBox();
  const marks = await Promise.all((await page.getByTestId("highlight").locator("div").all()).map((mark) => mark.boundingBox()));
  // A mark lies over the line that holds the words, from end to end, and is no higher than a line.
  const over = marks.find((mark) => mark && text && mark.y < text.y + text.height / 2 && mark.y + mark.height > text.y + text.height / 2);
  expect(over && text && [over.height < 2.2 * text.height, over.x < text.x + 4, over.x + over.width > text.x + text.width - 4]).toEqual([true, true, true]);
});

it("speaks Spanish at once, and after a reload", async () => {
  await page.goto("/");
  await page.getByRole("button", { name: /^Language/ }).click();
  await page.getByRole("menuitem", { name: "Español" }).click();
  await page.getByRole("link", { name: "Documentos" }).waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Documentos" }).waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("es");
  await page.getByRole("button", { name: /^Idioma/ }).click();
  await page.getByRole("menuitem", { name: "English" }).click();
  await page.getByRole("link", { name: "Documents", exact: true }).waitFor();
});

it("a key is shown once and works; revoked, it does not", async () => {
  await page.goto("/account");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("What it is for").fill("e2e");
  await page.getByRole("dialog").getByRole("button", { name: "Make a key" }).click();
  const key = await page.getByLabel("Your new key").inputValue();
  const status = async () => (await fetch(`${house.url}/v1/collections`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect(await status()).toBe(200);
  await page.getByRole("button", { name: "I have copied it" }).click();
  await page.getByRole("button", { name: "Revoke the key e2e" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("No keys yet.").waitFor();
  expect(await status()).toBe(401);
});

it.skipIf(!SMTP)("who forgot the password is mailed a link, sets a new one by it, and is in", async () => {
  const other = await watched(browser, house.url);
  await other.page.goto("/sign-in");
  await other.page.getByRole("link", { name: "Forgot your password?" }).click();
  await other.page.getByRole("heading", { name: "Forgot your password?" }).waitFor();
  await other.page.getByLabel("E-mail address").fill(EMAIL);
  await other.page.getByRole("button", { name: "Send a link" }).click();
  await other.page.getByText(/a link is on its way/).waitFor();
  const text = await mailed(EMAIL, "Vedette: Set a new password");
  const link = /^http\S+\/reset#token=\S+$/m.exec(text)?.[0] ?? "";
  expect(link.startsWith(`${house.url}/reset#token=`), text).toBe(true);
  await other.page.goto(link);
  await other.page.getByLabel("New password").fill("words that came by mail");
  await shot(other.page, "journey-mailed-link");
  await other.page.getByRole("button", { name: "Save" }).click();
  await other.page.getByText(/Your new password is set/).waitFor();
  await mailed(EMAIL, "Vedette: Your password was changed");
  await signIn(other.page, EMAIL, "words that came by mail");
  await other.page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
  expect(other.troubles).toEqual([]);
});

it("a link sets a new password; the old one, the link and the sessions are gone", async () => {
  const link = house.vedette(["users", "reset-link", EMAIL]).trim();
  const other = await watched(browser, house.url);
  await other.page.goto(link);
  await other.page.getByLabel("New password").fill("other words, as good as those");
  await other.page.getByRole("button", { name: "Save" }).click();
  await other.page.getByText(/Your new password is set/).waitFor();
  expect(other.page.url()).not.toContain("token");
  await other.page.goto("about:blank");
  await other.page.goto(link);
  await other.page.getByLabel("New password").fill("other words, as good as those");
  await other.page.getByRole("button", { name: "Save" }).click();
  await other.page.getByText(/used before, or is too old/).waitFor();
  await page.goto("/documents");
  await page.waitForURL("**/sign-in");
  await signIn(page, EMAIL, "other words, as good as those");
  await page.getByRole("link", { name: "Documents", exact: true }).waitFor();
  expect(other.troubles).toEqual([]);
});

it("whoever signs out is out", async () => {
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  await page.goto("/account");
  await page.waitForURL("**/sign-in");
  expect(seen.troubles).toEqual([]);
});
