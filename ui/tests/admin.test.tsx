import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { faults } from "./fakes/axe";
import { ANA, BEN, fakeHouse } from "./fakes/people";
import { fakeServer } from "./fakes/server";
import { open } from "./fakes/show";

const user = userEvent.setup();

describe("administration", () => {
  it("is neither shown nor offered where nobody signs in, nor to readers", async () => {
    fakeServer();
    const { unmount } = open("/admin");
    expect(await screen.findByRole("heading", { name: "Nothing here" })).toBeTruthy();
    expect(screen.queryByRole("link", { name: "Administration" })).toBeNull();
    unmount();
    fakeHouse(BEN);
    open("/admin");
    await screen.findByRole("textbox", { name: "Your question" });
    expect(screen.queryByRole("link", { name: "Administration" })).toBeNull();
  });

  it("makes an account, with the server's word on a weak password", async () => {
    const { calls } = fakeHouse(ANA);
    open("/admin");
    await user.click(await screen.findByRole("button", { name: "New account" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByLabelText("E-mail address"), "cem@example.org");
    await user.type(dialog.getByLabelText("First password"), "short");
    await user.selectOptions(dialog.getByLabelText("Role"), "Editor");
    await user.click(dialog.getByRole("button", { name: "Create" }));
    await dialog.findByText(/use 12 or more/);
    expect(await faults()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Suggest a password" }));
    const suggested = dialog.getByLabelText<HTMLInputElement>("First password").value;
    expect(suggested).toMatch(/^[a-z2-9-]{20}$/);
    await user.click(dialog.getByRole("button", { name: "Create" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const sent = { email: "cem@example.org", password: suggested, name: "", role: "editor" };
    expect(calls).toContain(`POST /v1/admin/people ${JSON.stringify(sent)}`);
  });

  it("changes role, groups and clearance; keeps out; removes; the last admin stays", async () => {
    const { calls } = fakeHouse(ANA);
    open("/admin");
    const choose = async (who: string, what: string) => {
      await user.click(await screen.findByRole("button", { name: `Actions for “${who}”` }));
      await user.click(await screen.findByRole("menuitem", { name: what }));
      return within(await screen.findByRole("dialog"));
    };
    const edit = await choose("ben@example.org", "Role, groups, clearance");
    await user.type(edit.getByRole("combobox", { name: "Groups" }), "soc{Enter}");
    await user.selectOptions(edit.getByLabelText("Clearance"), "TLP:AMBER");
    expect(await faults()).toEqual([]);
    await user.click(edit.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls).toContain('PATCH /v1/admin/people/p2 {"role":"reader","groups":["soc"],"clearance":"AMBER"}'));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const out = await choose("ben@example.org", "Keep out");
    await user.click(out.getByRole("button", { name: "Keep out" }));
    await waitFor(() => expect(calls).toContain('PATCH /v1/admin/people/p2 {"disabled":true}'));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const gone = await choose("Ana", "Delete");
    await user.click(gone.getByRole("button", { name: "Delete" }));
    await gone.findByText(/This is the last admin/);
    expect(await faults()).toEqual([]);
  });

  it("hands over a link for a new password, shown this once", async () => {
    const { calls } = fakeHouse(ANA);
    open("/admin");
    await user.click(await screen.findByRole("button", { name: "Actions for “ben@example.org”" }));
    await user.click(await screen.findByRole("menuitem", { name: "Link for a new password" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(/once, within 30 minutes/)).toBeTruthy();
    expect(calls.some((call) => call.includes("reset-link"))).toBe(false);
    expect(await faults()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Make a link" }));
    const shown = await dialog.findByLabelText<HTMLInputElement>("Link for ben@example.org");
    expect(shown.value).toBe("https://vedette.example/reset#token=vp_secret");
    expect(calls).toContain("POST /v1/admin/people/p2/reset-link");
    await user.click(dialog.getByRole("button", { name: "Copy" }));
    await dialog.findByText("Copied");
    expect(await navigator.clipboard.readText()).toBe("https://vedette.example/reset#token=vp_secret");
    expect(await faults()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "I have copied it" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.queryByDisplayValue(/vp_secret/)).toBeNull();
  });

  it("shows the audit log, page by page, and that it is whole", async () => {
    fakeHouse(ANA);
    open("/admin/audit");
    expect((await screen.findByText(/The log is whole/)).textContent).toContain("130 lines");
    const table = await screen.findByRole("table", { name: "Audit log" });
    expect(within(table).getAllByRole("row")).toHaveLength(101);
    expect(within(table).getAllByText("ana@example.org").length).toBeGreaterThan(0);
    await user.click(screen.getByRole("button", { name: "Show older lines" }));
    await waitFor(() => expect(within(table).getAllByRole("row")).toHaveLength(131));
    expect(screen.queryByRole("button", { name: "Show older lines" })).toBeNull();
    expect(await faults()).toEqual([]);
  }, 40_000);

  it("shows what was rated, and the state of all parts with advice", async () => {
    fakeHouse(ANA);
    const { unmount } = open("/admin/feedback");
    expect(await screen.findByText("Good one?")).toBeTruthy();
    await user.click(screen.getByRole("radio", { name: "Bad answer" }));
    expect(screen.queryByText("Good one?")).toBeNull();
    expect(screen.getByText("Incomplete")).toBeTruthy();
    expect(await faults()).toEqual([]);
    unmount();
    open("/admin/health");
    expect(await screen.findByText("1 part is not well.")).toBeTruthy();
    expect(screen.getByText("Start it.")).toBeTruthy();
    expect(await faults()).toEqual([]);
  });
});
