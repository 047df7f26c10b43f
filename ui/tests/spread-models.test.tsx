import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { faults } from "./fakes/axe";
import { open } from "./fakes/show";
import { EDITOR, fakeSpread } from "./fakes/spread";

// The map is drawn on a canvas, which jsdom has none of.
vi.mock("../src/spread/SmallMap", () => ({ default: () => <div data-testid="map" /> }));

const user = userEvent.setup();
const rows = (table: HTMLElement) => within(table).getAllByRole("row").slice(1).map((row) => row.textContent);
const file = (text: string) => new File([text], "cases.csv");
afterEach(() => void vi.restoreAllMocks());

describe("an outbreak that goes on", () => {
  it("shows how many will be found, by whom it is said, and who is next; both can be taken along", async () => {
    const saved: Blob[] = [];
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: (blob: Blob) => (saved.push(blob), "blob:x"), revokeObjectURL: () => undefined }));
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    fakeSpread();
    open("/spread/office?outbreak=2026-03");
    await user.click(await screen.findByRole("button", { name: "Forecast" }));
    expect(await screen.findByText(/of the outbreak 2026-03 .* says the model mechanism-1/)).toBeTruthy();
    expect(screen.getByRole("img", { name: "Hosts found. By day 1: 5 hosts expected; 80 %: 4.5–5.5, 95 %: 4–6." })).toBeTruthy();
    expect(screen.getByText(/^mechanism; /)).toBeTruthy();
    const next = screen.getByRole("table", { name: "Who is likely next" });
    expect(rows(next)).toEqual(["Payrollservers31%", "db-1servers< 1%"]);
    expect(await faults()).toEqual([]);
    await user.click(within(next).getByRole("button", { name: "Payroll" }));
    expect(screen.getByRole("region", { name: "Host Payroll" })).toBeTruthy();
    for (const form of ["CSV: Hosts found", "CSV: Who is likely next"]) {
      await user.click(screen.getByRole("button", { name: "Export" }));
      await user.click(await screen.findByRole("menuitem", { name: form }));
    }
    const [found, who] = await Promise.all(saved.map((blob) => blob.text()));
    expect(found).toContain("1,5,4.5,5.5,4,6,mechanism-1");
    expect(who).toBe("host,probability\r\napp-7,0.31\r\ndb-1,0.004\r\n");
  }, 30_000);
});

describe("the models of a network", () => {
  it("are listed with metrics and lineage; readers neither train nor promote", async () => {
    fakeSpread({ me: { ...EDITOR, person: { ...(EDITOR.person as NonNullable<typeof EDITOR.person>), role: "reader" } } });
    open("/spread/office/models");
    const table = await screen.findByRole("table", { name: "Models" });
    expect(rows(table)[0]).toMatch(/^mechanism-1 Champion.*0\.0990\.09086%96%/);
    expect(rows(table)[2]).toMatch(/^persistence-1 Baseline.*––––/);
    expect(within(table).getAllByText("cut-off")).toHaveLength(3);
    expect(screen.queryByRole("button", { name: /Train|Backtest|^Promote|Add incidents/ })).toBeNull();
  });

  it("are trained and compared by editors, with the verdict", async () => {
    const { calls, finish } = fakeSpread({ me: EDITOR, hold: true });
    open("/spread/office/models");
    await user.click(await screen.findByRole("button", { name: "Train" }));
    expect(await screen.findByText(/Learning: quantiles/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Backtest" })).toHaveProperty("disabled", true);
    finish("f2", { state: "done", result: { models: [{ kind: "quantiles", version: 2 }] } });
    expect((await screen.findByText(/1 new model: quantiles-2/)).closest("[role=status]")).toBeTruthy();
    expect(calls.filter((call) => call.endsWith("/models")).length).toBeGreaterThan(1);
    expect(calls).toContain('POST /v1/forecasts {"kind":"train","network":"office","wait_s":2}');
  }, 30_000);

  it("compared, have their ratio to the champion with its interval; promoting is asked for, and may be forced", async () => {
    const { calls } = fakeSpread({ me: EDITOR });
    open("/spread/office/models");
    await user.click(await screen.findByRole("button", { name: "Backtest" }));
    const table = await screen.findByRole("table", { name: "Backtest" });
    expect(rows(table)[0]).toBe("quantiles May be promotedWIS 0.085 · 86% / 96%0.0930.9410.870–0.9590.08586% / 96%");
    expect(rows(table)[1]).toContain("0.0991.000");
    expect(screen.getByText(/^quantiles can be promoted/)).toBeTruthy();
    expect(screen.getByRole("table", { name: "Your trainings and backtests" })).toBeTruthy();
    expect(await faults()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Promote quantiles-1" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(calls.some((call) => call.includes("/promote"))).toBe(false);
    await user.click(dialog.getByRole("button", { name: "Promote" }));
    expect(await dialog.findByText(/does not allow it to promote quantiles-1/)).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Promote all the same" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(calls.filter((call) => call.includes("/promote")).map((call) => call.slice(-15))).toEqual([' {"force":false}', ' {"force":true}'].map((end) => end.slice(-15)));
  }, 30_000);
});

describe("incidents", () => {
  it("are added from a CSV out of the network's actions; what is wrong with them is said", async () => {
    const { calls } = fakeSpread({ me: EDITOR });
    open("/spread");
    await user.click(await screen.findByRole("button", { name: "Actions for “office”" }));
    await user.click(await screen.findByRole("menuitem", { name: "Add incidents" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Add incidents to office" }));
    expect(await dialog.findByText("2 incidents of this network are known.")).toBeTruthy();
    const box = dialog.getByLabelText("Choose files");
    await user.upload(box, file("when,who\n1,web-1\n"));
    expect((await dialog.findByText(/has no columns host and day/)).closest("[role=alert]")).toBeTruthy();
    await user.upload(box, file("host,day\nweb-1,soon\n,3\n"));
    expect(await dialog.findByText(/in one outbreak: 2, 3\./)).toBeTruthy();
    expect(dialog.getByRole("button", { name: "Add" })).toHaveProperty("disabled", true);
    await user.upload(box, file("host,day\nnobody,1\n"));
    await user.click(dialog.getByRole("button", { name: "Add" }));
    expect(await dialog.findByText("An incident is of nobody, which is no host of office.")).toBeTruthy();
    await user.upload(box, file("host,day,outbreak\ndb-1,0,2026-05\n"));
    expect(await dialog.findByText("cases.csv: 1 incident")).toBeTruthy();
    expect(await faults()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Add" }));
    expect(await dialog.findByText(/^1 of 1 is new\./)).toBeTruthy();
    expect(await dialog.findByText("3 incidents of this network are known.")).toBeTruthy();
    expect(calls).toContain('POST /v1/networks/office/incidents {"incidents":[{"host":"db-1","day":0,"outbreak":"2026-05","cleaned":null}]}');
  }, 30_000);

  it("stand by outbreak with the models, each with the way to its forecast", async () => {
    fakeSpread();
    open("/spread/office/models");
    const table = await screen.findByRole("table", { name: "Past outbreaks" });
    expect(rows(table)).toEqual(["2026-0324.5 days"]);
    await user.click(within(table).getByRole("link", { name: "2026-03" }));
    expect(await screen.findByRole("button", { name: "Forecast" })).toHaveProperty("disabled", false);
  });
});
