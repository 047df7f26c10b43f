import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from "../src/api";
import type { MapProps } from "../src/spread/drawing";
import { faults } from "./fakes/axe";
import { ANSWER } from "./fakes/data";
import { EDITOR, fakeSpread, forecastOf, NETWORK } from "./fakes/spread";
import { plainScenario } from "../src/spread/scenario";
import { open, show } from "./fakes/show";
import { AnswerView } from "../src/chat/AnswerView";

// The map is drawn on a canvas, which jsdom has none of; what it is told to draw is looked at.
const drawn = vi.hoisted(() => ({ props: null as MapProps | null }));
vi.mock("../src/spread/SmallMap", () => ({
  default: (props: MapProps) => {
    drawn.props = props;
    return <div data-testid="map" />;
  },
}));

const user = userEvent.setup();
const posts = (calls: string[]) => calls.filter((call) => call.startsWith("POST /v1/forecasts ")).map((call) => JSON.parse(call.slice(19)));
const region = async (name: string) => within(await screen.findByRole("region", { name }));
const rows = (table: HTMLElement) => within(table).getAllByRole("row").slice(1).map((row) => row.textContent);
afterEach(() => void vi.restoreAllMocks());

/** Opens the forecast from web-1. */
function forecast(more: Parameters<typeof fakeSpread>[0] = {}) {
  const server = fakeSpread(more);
  open("/spread/office/f1");
  return server;
}

describe("the networks", () => {
  it("are listed for readers, who add none", async () => {
    fakeSpread({ me: { ...EDITOR, person: { ...(EDITOR.person as NonNullable<typeof EDITOR.person>), role: "reader" } } });
    open("/spread");
    expect(await screen.findByRole("link", { name: "office" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Add a network" })).toBeNull();
    expect(screen.queryByRole("button", { name: /^Actions/ })).toBeNull();
  });

  it("are added by editors from files, shared and deleted", async () => {
    const { calls } = fakeSpread({ me: EDITOR });
    open("/spread");
    await user.click(await screen.findByRole("button", { name: "Add a network" }));
    const dialog = await screen.findByRole("dialog");
    await user.upload(within(dialog).getByLabelText("Choose files"), [new File(["id\nweb-1\n"], "plant.csv"), new File(["source,target\n"], "links.csv")]);
    expect(within(dialog).getByRole<HTMLInputElement>("textbox", { name: /Name/ }).value).toBe("plant");
    await user.click(within(dialog).getByRole("button", { name: "Take links.csv off the list" }));
    expect(await faults()).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Store" }));
    await waitFor(() => expect(calls).toContain('POST /v1/networks {"name":"plant","files":[{"name":"plant.csv","content":"id\\nweb-1\\n"}]}'));
    await user.click(await screen.findByRole("link", { name: "Networks" }));
    await user.click(await screen.findByRole("button", { name: "Actions for “plant”" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    await user.click(await screen.findByRole("button", { name: "Delete network" }));
    await waitFor(() => expect(screen.queryByRole("link", { name: "plant" })).toBeNull());
    expect(calls).toContain("DELETE /v1/networks/plant");
  });
});

describe("a forecast", () => {
  it("is asked for by keyboard and pointer, and shown with its bands, its jewels and its reasons", async () => {
    const { calls } = fakeSpread();
    open("/spread/office");
    await user.type(await screen.findByRole("combobox", { name: /Compromised hosts/ }), "10.0.0");
    await user.click(await screen.findByRole("option", { name: /web-1/ }));
    await user.click(screen.getByRole("button", { name: "Forecast" }));
    expect(await screen.findByText("From web-1 · 7 days · SIR")).toBeTruthy();
    expect(posts(calls)[0]).toMatchObject({ kind: "forecast", scenario: { network: "office", sources: ["web-1"], cve: "", days: 7, worlds: null } });
    expect(await screen.findByText("By day 2: 3 hosts expected; 80 %: 2.5–3.5, 95 %: 2–4.")).toBeTruthy();
    expect(screen.getByRole("img", { name: /^Hosts compromised\. By day 2: 3 hosts expected/ })).toBeTruthy();
    const jewels = screen.getByRole("table", { name: "Time to the crown jewels" });
    expect(rows(jewels)).toEqual(["db-11.5 daysMedian: > 2 days> 2 days90%80%–97%"]);
    expect(screen.getByText("Isolating app-7 today: 2 hosts fewer (± 0.4).")).toBeTruthy();
    expect(screen.getByText(/network × 0.85 · KEV × 2/, { selector: "td" })).toBeTruthy();
    expect(screen.getByText("A cleaned host is not compromised again (SIR).")).toBeTruthy();
    expect(await faults()).toEqual([]);
  }, 30_000);

  it("shows each day on the map and in the table alike", async () => {
    forecast();
    const table = await screen.findByRole("table", { name: "Hosts by probability" });
    expect(rows(table)[1]).toBe("PayrollserversCriticality: 0.4 60%30%–90%0.4");
    expect(rows(table)).toHaveLength(NETWORK.assets.length);
    expect(drawn.props?.look("app-7").probability).toBe(0.6);
    expect(drawn.props?.look("web-1").entry).toBe(true);
    const slider = screen.getByRole("slider", { name: "Day shown" });
    slider.focus();
    await user.keyboard("{ArrowLeft}");
    expect(slider.getAttribute("aria-valuetext")).toBe("day 1");
    expect(rows(table)[1]).toBe("PayrollserversCriticality: 0.4 30%15%–60%0.4");
    await waitFor(() => expect(drawn.props?.look("app-7").probability).toBe(0.3));
    await user.keyboard("{Home}");
    expect(rows(table)[1]).toContain("0%");
  });

  it("opens the card of a host from the table, with its weaknesses; those and sources open beside", async () => {
    forecast();
    await user.click(await screen.findByRole("button", { name: "Payroll" }));
    const card = await region("Host Payroll");
    expect(card.getByText("By day 2: 60% (95 %: 30%–90%)")).toBeTruthy();
    expect(drawn.props?.selected).toBe("app-7");
    expect(card.getByText("EPSS 94%")).toBeTruthy();
    await user.click(card.getByRole("button", { name: "CVE-2021-44228" }));
    expect(await screen.findByText("T1110 Brute Force")).toBeTruthy();
    await user.click(screen.getAllByRole("button", { name: "CVE-2021-44228" }).at(-1) as HTMLElement);
    expect(await screen.findByText("Adversaries guess passwords.")).toBeTruthy();
  });

  it("tells of its progress, can be cancelled, and says why it failed", async () => {
    const { calls, finish } = forecast({ hold: true });
    expect(await screen.findByText(/worlds 25 %/)).toBeTruthy();
    expect(screen.getByRole("progressbar", { name: "Being worked out" }).getAttribute("aria-valuenow")).toBe("25");
    finish("f1", { state: "failed", error: "The network has no host db-9." });
    expect((await screen.findByRole("alert")).textContent).toContain("The network has no host db-9.");
    finish("f1", { state: "running" });
    await user.click(screen.getByRole("link", { name: "Networks" }));
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    await user.click(within(await screen.findByRole("dialog")).getAllByRole("button", { name: "Cancel" }).at(-1) as HTMLElement);
    await waitFor(() => expect(calls).toContain("DELETE /v1/forecasts/f1"));
    await waitFor(() => expect(screen.queryByRole("table", { name: "Your forecasts" })).toBeNull());
  });

  it("cancelled while it is worked out, leads back to the form, with what was asked for", async () => {
    const { calls } = forecast({ hold: true });
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(await screen.findByRole("button", { name: "Forecast" })).toHaveProperty("disabled", false);
    expect(calls).toContain("DELETE /v1/forecasts/f1");
    expect(screen.queryByRole("progressbar")).toBeNull();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("that is gone can be run again from its address; what the server refuses is said", async () => {
    const { calls } = fakeSpread();
    open("/spread/office/f9?from=web-1&cve=CVE-2021-44228&days=30");
    expect((await screen.findByRole("alert")).textContent).toContain("This forecast is gone");
    await user.type(screen.getByRole("combobox", { name: /Compromised hosts/ }), "nobody{Enter}");
    expect(screen.getByText("Not in this network: nobody")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Forecast" }));
    expect(await screen.findByText("nobody is no host of office.")).toBeTruthy();
    await user.type(screen.getByRole("combobox", { name: /Compromised hosts/ }), "{Backspace}");
    await user.click(screen.getByRole("button", { name: "Forecast" }));
    expect(await screen.findByRole("table", { name: "Hosts by probability" })).toBeTruthy();
    expect(posts(calls).at(-1)).toMatchObject({ scenario: { sources: ["web-1"], cve: "CVE-2021-44228", days: 30 } });
  });

  it("is saved as a table and as it is", async () => {
    const saved: Blob[] = [];
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: (blob: Blob) => (saved.push(blob), "blob:x"), revokeObjectURL: () => undefined }));
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    forecast();
    for (const form of ["CSV", "JSON"]) {
      await user.click(await screen.findByRole("button", { name: "Export" }));
      await user.click(await screen.findByRole("menuitem", { name: form }));
    }
    const [table, whole] = await Promise.all(saved.map((blob) => blob.text()));
    expect(table).toContain("app-7,Payroll,servers,0.4,1,0.3,0.15,0.6");
    expect(JSON.parse(whole ?? "")).toMatchObject({ model: "mechanism", days: [0, 1, 2] });
  });
});

describe("what if", () => {
  it("is asked by the switches of a host's card, and shown before and after over one scale", async () => {
    const { calls } = forecast();
    await user.click(await screen.findByRole("button", { name: "Payroll" }));
    await user.click((await region("Host Payroll")).getByRole("switch", { name: "Isolate" }));
    await user.click((await region("Host Payroll")).getByRole("switch", { name: "Patch CVE-2020-1472" }));
    expect(drawn.props?.look("app-7").isolated).toBe(true);
    await user.click(screen.getByRole("button", { name: "Compare" }));
    expect(await screen.findByRole("heading", { name: "Before and after" })).toBeTruthy();
    expect(posts(calls)[0]).toMatchObject({ kind: "whatif", scenario: { sources: ["web-1"], changes: { isolate: ["app-7"], patch: ["CVE-2020-1472"], patch_from: 0, patch_share: 1 } } });
    expect(screen.getByText("Hosts saved").nextElementSibling?.textContent).toBe("195 %: 0–2");
    const changed = screen.getByRole("table", { name: "Hosts that it changes" });
    expect(rows(changed)).toEqual(["Payroll-30 points60%30%-30 points", "db-1-5 points10%5%-5 points"]);
    const tops = ["Before", "After"].map((name) => [...screen.getByRole("img", { name: new RegExp(`^${name}\\.`) }).querySelectorAll("text")].map((text) => text.textContent));
    expect(tops[0]).toEqual(tops[1]);
    await waitFor(() => expect(drawn.props?.look("app-7").probability).toBe(0.3));
    await user.click(screen.getByRole("radio", { name: "Before" }));
    await waitFor(() => expect(drawn.props?.look("app-7").probability).toBe(0.6));
    expect(await faults()).toEqual([]);
  }, 30_000);
});

describe("containment", () => {
  it("lists measures with their gain, and applies them as a what-if", async () => {
    const { calls } = forecast();
    await user.click(await screen.findByRole("tab", { name: "Contain" }));
    await user.type(screen.getByRole("textbox", { name: "Costs" }), "db-1 three");
    await user.click(screen.getByRole("button", { name: "Find the best measures" }));
    expect(screen.getByText("This line has no cost at its end: db-1 three")).toBeTruthy();
    await user.clear(screen.getByRole("textbox", { name: "Costs" }));
    await user.type(screen.getByRole("textbox", { name: "Costs" }), "db-1 3");
    await user.click(screen.getByRole("checkbox", { name: "Entries may be isolated too" }));
    await user.click(screen.getByRole("button", { name: "Find the best measures" }));
    expect(rows(await screen.findByRole("table", { name: "Measures, in order" }))).toEqual(["1Payroll1.91"]);
    expect(posts(calls)[0]).toMatchObject({ kind: "contain", k: 5, by: "host", entries: true, forbidden: [], costs: { "db-1": 3 }, budget: 0, scenario: { sources: ["web-1"] } });
    expect(screen.getByText("Achieved drop").nextElementSibling?.textContent).toBe("295 %: 1–3");
    await waitFor(() => expect(drawn.props?.look("app-7").isolated).toBe(true));
    expect(await faults()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Apply as what-if" }));
    expect(await screen.findByRole("heading", { name: "Before and after" })).toBeTruthy();
    expect(posts(calls)[1]).toMatchObject({ kind: "whatif", scenario: { changes: { isolate: ["app-7"], patch: [] } } });
  }, 30_000);
});

describe("in the chat", () => {
  it("an answer shows its forecast, and leads to its page, which shows the same", async () => {
    fakeSpread();
    const given = forecastOf({ ...plainScenario("office"), sources: ["web-1"], days: 2 });
    vi.spyOn(api.conversations, "get").mockResolvedValue({
      info: { id: "c1", title: "Spread", collection: "default", turns: 1, created: "", changed: "" },
      turns: [{ id: "t1", number: 1, asked: "What if?", standalone: "What if?", because: "", state: "done", at: "", answer: { ...ANSWER, forecast: given }, error: "", thumb: "", reason: "" }],
      summary: "",
      summarised: 0,
    });
    open("/c/c1");
    expect(await screen.findByText("By day 2: 3 hosts expected; 80 %: 2.5–3.5, 95 %: 2–4.")).toBeTruthy();
    expect(await faults()).toEqual([]);
    await user.click(screen.getByRole("link", { name: "Open the forecast" }));
    expect(await screen.findByRole("table", { name: "Hosts by probability" })).toBeTruthy();
  });

  it("an answer without one shows none", async () => {
    fakeSpread();
    show(<AnswerView answer={{ ...ANSWER, forecast: null }} rated={{ thumb: "", reason: "", busy: false, error: null, rate: () => undefined } as never} />);
    expect(await screen.findByRole("group", { name: "Answer" })).toBeTruthy();
    expect(screen.queryByRole("img")).toBeNull();
  });
});
