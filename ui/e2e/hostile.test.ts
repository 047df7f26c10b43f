import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, shot, watched, type Watched } from "./browser";
import { chain, provider } from "./provider";
import { freePort, type House, serve } from "./server";
import { ask, upload } from "./steps";

/** Ways to make a page run what it shows (OWASP's XSS cheat sheets): each would open a dialog or load something. */
const ATTACKS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(2)>",
  '"><svg onload=alert(3)>',
  "<iframe srcdoc='<script>parent.alert(4)</script>'></iframe>",
  "[click](javascript:alert(5))",
  "![beacon](https://evil.example/pixel.png)",
  "<https://evil.example/auto>",
  "<a href='data:text/html,<script>alert(6)</script>'>data</a>",
  "<math><mtext></math><img src onerror=alert(7)>",
  "<form action=https://evil.example><input autofocus onfocus=alert(8)></form>",
  "{{constructor.constructor('alert(9)')()}}",
  "<style>@import 'https://evil.example/x.css';</style>",
  "<base href=https://evil.example/>",
  "<link rel=stylesheet href=https://evil.example/y.css>",
];
const FACT = "Store passwords with Argon2id, using a memory cost of 19 MiB and two iterations.";
const HOSTILE = `# ${ATTACKS[0]} ${ATTACKS[1]}\n\n${FACT}\n\n${ATTACKS.map((attack) => `The herons nest ${attack} in the reeds.`).join("\n\n")}\n`;
/** Plain text keeps every letter; of Markdown the loader has taken the tags out already. */
const RAW = ATTACKS.map((attack) => `The herons nest ${attack} in the reeds.`).join("\n\n");
const ANSWER = `${FACT} [1]\n\n${ATTACKS.map((attack) => `The herons nest ${attack} in the reeds. [1]`).join("\n\n")}`;

let house: House;
let model: { url: string; stop: () => void };
let browser: Browser;
let seen: Watched;

beforeAll(async () => {
  model = await provider(ANSWER);
  const dead = `http://127.0.0.1:${await freePort()}/v1`;
  house = await serve({ "passwords.md": HOSTILE, "herons.txt": RAW }, {}, chain({ primary: dead, spare: model.url }));
  browser = await launch();
  seen = await watched(browser, house.url);
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
  model?.stop();
});

/** Nothing of the corpus became an element, nothing was run, nothing was asked of elsewhere. */
async function unharmed() {
  await seen.page.waitForTimeout(300);
  const made = "main :is(script, iframe, form[action*=evil], base, link, style, [onerror], [onload], [onfocus], a[href^=javascript], a[href^=data], img[src*=evil])";
  expect(await seen.page.locator(made).count()).toBe(0);
  expect(seen.troubles).toEqual([]);
}

it("the answer of the second provider says that the first did not answer", async () => {
  await ask(seen.page, "What is used to store passwords?");
  await seen.page.getByText("Answered by spare", { exact: true }).waitFor();
  const notice = seen.page.getByRole("note", { name: "Please note" });
  expect(await notice.textContent()).toMatch(/primary/);
  await shot(seen.page, "hostile-answer");
  await unharmed();
});

it("hostile questions, titles and passages are shown as text", async () => {
  await ask(seen.page, `Where do the herons nest? ${ATTACKS[1]} ${ATTACKS[4]}`);
  await unharmed();
  await seen.page.goto("/");
  await unharmed();
  await ask(seen.page, "What is used to store passwords?");
  const source = seen.page.getByRole("button", { name: /^Open source 1/ }).first();
  await source.click();
  await seen.page.locator("mark").first().waitFor();
  await shot(seen.page, "hostile-source");
  await unharmed();
});

it("hostile file names, collections and documents are shown as text", async () => {
  const names = ['"><img src=x onerror=alert(10)>.md', "javascript:alert(11).md", "<svg onload=alert(12)>.txt"];
  const files = names.map((name, place) => ({ name, mimeType: "text/plain", buffer: Buffer.from(`${HOSTILE}\n${place}`) }));
  await upload(seen.page, [...files, { name: "<img src=x onerror=alert(13)>.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 x") }], "3 of 4 read, 1 not read", "<img src=x onerror=alert(14)>");
  await unharmed();
  await seen.page.goto("/documents");
  await seen.page.getByRole("table").waitFor();
  await shot(seen.page, "hostile-documents");
  await unharmed();
  await seen.page.getByRole("table").getByRole("link").last().click();
  await seen.page.getByText("The herons nest").first().waitFor();
  await unharmed();
});

it("hostile plain text is shown letter by letter, in its page and in answers", async () => {
  await seen.page.goto("/documents?collection=default");
  await seen.page.getByRole("row", { name: /herons\.txt/ }).getByRole("link").click();
  for (const attack of ATTACKS) await seen.page.getByText(attack).first().waitFor();
  await unharmed();
  await ask(seen.page, "Where do the herons nest?");
  await seen.page.getByText("Answered by spare", { exact: true }).waitFor();
  await shot(seen.page, "hostile-plain");
  await unharmed();
});

it("where nobody signs in, there is no account and no administration", async () => {
  for (const path of ["/account", "/admin", "/sign-in"]) {
    await seen.page.goto(path);
    await seen.page.getByRole("heading", { name: "Nothing here" }).waitFor();
  }
  expect(seen.troubles).toEqual([]);
});
