import type { Page } from "playwright-core";

export const PASSWORD = "several words of our own";

export async function signIn(page: Page, email: string, password = PASSWORD) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function register(page: Page, email: string, password = PASSWORD) {
  await page.goto("/register");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByRole("status").getByRole("link", { name: "Sign in" }).waitFor();
}

/** Asks in a new conversation; waits for the answer, or for what stands in its place. */
export async function ask(page: Page, question: string) {
  await page.goto("/");
  const box = page.getByRole("textbox", { name: "Your question" });
  await box.fill(question);
  await box.press("Enter");
  await page.waitForURL("**/c/*");
  await page.getByRole("button", { name: "Ask again" }).first().waitFor();
}

/** Uploads, and waits until it is told what became of all files. */
export async function upload(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[], told: string, collection = "default") {
  await page.goto("/documents");
  await page.getByRole("button", { name: "Add documents" }).click();
  const dialog = page.getByRole("dialog", { name: "Add documents" });
  await dialog.getByRole("combobox", { name: "Collection" }).fill(collection);
  await page.keyboard.press("Escape");
  await dialog.getByLabel("Choose files").first().setInputFiles(files);
  await dialog.getByRole("button", { name: /^Upload \d+ files?$/ }).click();
  await dialog.getByText(told).waitFor();
}
