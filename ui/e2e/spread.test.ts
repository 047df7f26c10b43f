import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faults, launch, overflows, shot, watched, type Watched } from "./browser";
import { type House, serve } from "./server";

const EXAMPLE = resolve(import.meta.dirname, "../../examples/network/network.json");
const INCIDENTS = resolve(import.meta.dirname, "../../examples/network/incidents.csv");
const LIBRARY = { "log4shell.md": "# Log4Shell\n\nCVE-2021-44228 lets an attacker run code on servers that log with Apache Log4j2.\n" };
let house: House;
let browser: Browser;
let seen: Watched;
let forecast = "";
let whatIf = "";
let backtest = "";
let ongoing = "";

beforeAll(async () => {
  house = await serve(LIBRARY);
  browser = await launch();
  seen = await watched(browser, house.url);
});
afterAll(async () => {
  await browser?.close();
  await house?.stop();
});

const figure = (page: Page, name: RegExp) => page.locator("dl > div").filter({ has: page.locator("dt", { hasText: name }) }).locator("dd");
const looked = async (name: string) => {
  const { page, troubles } = seen;
  await page.waitForTimeout(350); // what moves in has come to rest
  await shot(page, name);
  expect(await faults(page)).toEqual([]);
  expect(await overflows(page), "wider than the screen").toBe(false);
  expect(troubles).toEqual([]);
};

it("a network is added from a file, and drawn; a forecast on it is asked for by keyboard", async () => {
  const { page } = seen;
  await page.goto("/");
  await page.getByRole("link", { name: "Spread" }).click();
  await page.getByRole("button", { name: "Add a network" }).click();
  await page.getByLabel("Choose files").first().setInputFiles(EXAMPLE);
  await page.getByRole("textbox", { name: "Name" }).fill("example");
  await page.getByRole("button", { name: "Store" }).click();
  await page.waitForURL("**/spread/example");
  await page.locator("canvas").first().waitFor();
  await looked("spread-begin");
  await page.getByRole("combobox", { name: "Compromised hosts" }).fill("web-1");
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Through" }).fill("CVE-2021-44228");
  await page.getByRole("button", { name: "Forecast", exact: true }).click();
  await page.getByRole("table", { name: "Hosts by probability" }).waitFor();
  forecast = page.url();
  expect(forecast).toMatch(/\/spread\/example\/\w+\?from=web-1&cve=CVE-2021-44228&days=7/);
  await page.locator("canvas").first().waitFor();
  await looked("spread-forecast");
});

it("the days go by under the slider, on the map and in the table; hosts have cards, the result can be taken along", async () => {
  const { page } = seen;
  const rows = page.getByRole("table", { name: "Hosts by probability" }).getByRole("row");
  const last = await rows.nth(2).innerText();
  await page.getByRole("slider", { name: "Day shown" }).focus();
  for (let presses = 0; presses < 5; presses++) await page.keyboard.press("ArrowLeft");
  await page.getByText("day 2", { exact: true }).waitFor();
  expect(await rows.nth(2).innerText()).not.toBe(last);
  await rows.nth(2).getByRole("button").click();
  await page.getByRole("region", { name: /^Host app-/ }).waitFor();
  await looked("spread-card");
  await page.getByRole("button", { name: "Export" }).click();
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "CSV" }).click()]);
  const lines = readFileSync(await saved.path(), "utf8").split("\r\n");
  expect(lines[0]).toBe("host,name,group,criticality,day,probability,low95,high95");
  expect(lines.filter((line) => line.startsWith("web-1,"))).toHaveLength(8);
});

it("patching is compared before and after; measures are found and applied", async () => {
  const { page } = seen;
  await page.getByRole("combobox", { name: "Patch these vulnerabilities" }).fill("CVE-2021-44228");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByRole("heading", { name: "Before and after" }).waitFor();
  const saved = await figure(page, /^Hosts saved/).innerText();
  expect(Number.parseFloat(saved)).toBeGreaterThan(0.5);
  whatIf = page.url();
  await looked("spread-what-if");
  await page.goto(forecast);
  await page.getByRole("tab", { name: "Contain" }).click();
  await page.getByLabel("At most").fill("2");
  await page.getByRole("button", { name: "Find the best measures" }).click();
  await page.getByRole("table", { name: "Measures, in order" }).waitFor();
  expect(Number.parseFloat(await figure(page, /^Achieved drop/).innerText())).toBeGreaterThan(0.5);
  await looked("spread-contain");
  await page.getByRole("button", { name: "Apply as what-if" }).click();
  await page.getByRole("heading", { name: "Before and after" }).waitFor();
  await page.getByText(/isolated: app-/).waitFor();
});

it("past incidents are added from a file; models are trained, compared and promoted", async () => {
  const { page } = seen;
  await page.goto("/spread");
  await page.getByRole("button", { name: "Actions for “example”" }).click();
  await page.getByRole("menuitem", { name: "Add incidents" }).click();
  const dialog = page.getByRole("dialog", { name: "Add incidents to example" });
  await dialog.getByLabel("Choose files").setInputFiles(INCIDENTS);
  await dialog.getByText(/^incidents\.csv: \d+ incidents$/).waitFor();
  await looked("spread-incidents");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.getByText(/^(\d+) of \1 are new/).waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  // Those that learn at once; the page trains all there are, which takes a while.
  const kinds = ["persistence", "mechanism", "analogs"];
  await page.request.post("/v1/forecasts", { data: { kind: "train", network: "example", kinds, wait_s: 30 } });
  await page.getByRole("button", { name: "Actions for “example”" }).click();
  await page.getByRole("menuitem", { name: "Models" }).click();
  const models = page.getByRole("table", { name: "Models" });
  await models.getByText("Champion", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Train" }).click();
  await page.getByRole("progressbar", { name: "Being worked out" }).waitFor();
  await looked("spread-train");
  await page.getByRole("button", { name: "Cancel" }).first().click();
  await page.waitForURL("**/spread/example/models");
  await page.getByRole("button", { name: "Backtest" }).click();
  await page.getByRole("table", { name: "Backtest", exact: true }).waitFor();
  backtest = page.url();
  expect(backtest).toMatch(/\/spread\/example\/models\/\w+$/);
  await looked("spread-models");
  await page.getByRole("button", { name: "Promote analogs-1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Promote" }).click();
  await page.getByText(/does not allow it to promote analogs-1/).waitFor();
  await looked("spread-promote");
  await page.getByRole("button", { name: "Promote all the same" }).click();
  await models.getByRole("row", { name: /analogs-1 Champion/ }).waitFor();
});

it("an outbreak of the history goes on: how many will be found, and who is next", async () => {
  const { page } = seen;
  await page.getByRole("table", { name: "Past outbreaks" }).getByRole("link", { name: "2025-08-30" }).click();
  await page.getByRole("button", { name: "Forecast", exact: true }).click();
  await page.getByText(/of the outbreak 2025-08-30 .* says the model analogs-1/).waitFor();
  ongoing = page.url();
  const next = page.getByRole("table", { name: "Who is likely next" });
  await next.scrollIntoViewIfNeeded();
  await looked("spread-ongoing");
  const first = next.getByRole("button").first();
  const name = await first.innerText();
  await first.click();
  await page.waitForTimeout(350);
  const card = page.getByRole("region", { name: `Host ${name}` });
  expect(await card.evaluate((one) => one.getBoundingClientRect().top < innerHeight), "its card is in sight").toBe(true);
});

it("all of it fits a narrow screen, dark, in French", async () => {
  const { page } = seen;
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  for (const [name, address] of [["forecast", forecast], ["what-if", whatIf], ["networks", "/spread"], ["models", backtest], ["ongoing", ongoing]] as const) {
    await page.goto(address);
    await page.getByRole("table").first().waitFor();
    if (name === "ongoing") await page.getByRole("table", { name: "Who is likely next" }).scrollIntoViewIfNeeded();
    await looked(`spread-${name}-390-dark`);
    const heights = await page.locator('td button[class*="hostName"]').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    expect(Math.max(0, ...heights), "a host's name stands on one line").toBeLessThan(36);
  }
  await page.getByRole("button", { name: /^Language/ }).click();
  await page.getByRole("menuitem", { name: "Français" }).click();
  await page.goto(forecast);
  await page.getByRole("heading", { name: "Où elle se propage" }).waitFor();
  await shot(page, "spread-forecast-390-french");
  for (const width of [390, 840, 1920]) {
    await page.setViewportSize({ width, height: 1000 });
    expect(await overflows(page), `${width} px`).toBe(false);
  }
  await page.waitForTimeout(350);
  await shot(page, "spread-forecast-1920-french");
});
