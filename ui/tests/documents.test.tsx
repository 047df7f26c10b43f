import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { api, ApiError } from "../src/api";
import { chosen, pressed } from "../src/documents/sort";
import { faults } from "./fakes/axe";
import { ANA, BEN, DOCUMENTS, EVA, fakeHouse } from "./fakes/people";
import { fakeServer } from "./fakes/server";
import { open } from "./fakes/show";

const user = userEvent.setup();
const titles = () => within(screen.getByRole("table")).getAllByRole("link").map((link) => link.textContent);
const act = async (title: string, what: string) => {
  await user.click(await screen.findByRole("button", { name: `Actions for “${title}”` }));
  await user.click(await screen.findByRole("menuitem", { name: what }));
  return within(await screen.findByRole("dialog"));
};
afterEach(() => void vi.restoreAllMocks());

describe("filter and order", () => {
  const order = { by: "title", down: false } as const;
  it("finds all words in title, file and label, counts numbers as numbers", () => {
    expect(chosen(DOCUMENTS, { words: "amber 44228", kind: "", order }).map(({ id }) => id)).toEqual(["d2"]);
    expect(chosen(DOCUMENTS.slice(0, 3), { words: "", kind: "prose", order }).map(({ id }) => id)).toEqual(["d10", "d100"]);
    expect(chosen(DOCUMENTS, { words: "", kind: "", order: { by: "title", down: true } })[0]?.title).toBe("Note 159");
  });
  it("turns at a second press", () => {
    expect(pressed(order, "title")).toEqual({ by: "title", down: true });
    expect(pressed(order, "ingested_at")).toEqual({ by: "ingested_at", down: true });
  });
});

describe("the documents", () => {
  it("are listed fifty at a time, sorted by a press on the head, filtered as one types", async () => {
    fakeHouse(ANA);
    open("/documents");
    expect(await screen.findByText("62 documents")).toBeTruthy();
    expect(titles()).toHaveLength(50);
    expect(titles()[0]).toBe("CVE-2021-44228");
    const head = screen.getByRole("columnheader", { name: /Title/ });
    expect(head.getAttribute("aria-sort")).toBe("ascending");
    await user.click(within(head).getByRole("button"));
    expect(head.getAttribute("aria-sort")).toBe("descending");
    expect(titles()[0]).toBe("Note 159");
    await user.click(screen.getByRole("button", { name: "Show 12 more" }));
    expect(titles()).toHaveLength(62);
    await user.type(screen.getByRole("searchbox"), "amber");
    await waitFor(() => expect(titles()).toEqual(["CVE-2021-44228"]));
    expect(screen.getByText("read by Group cert, Somebody else")).toBeTruthy();
    expect(screen.getByText("TLP:AMBER")).toBeTruthy();
    expect(await faults()).toEqual([]);
  }, 40_000);

  it("cannot be changed by readers, who see no quarantine", async () => {
    fakeHouse(BEN);
    open("/documents");
    await user.click(await screen.findByRole("button", { name: "Actions for “Note 10”" }));
    expect((await screen.findAllByRole("menuitem")).map((item) => item.textContent)).toEqual(["Open", "Download the original"]);
    expect(screen.queryByRole("button", { name: "Add documents" })).toBeNull();
    expect(screen.queryByRole("tab")).toBeNull();
  });

  it("are deleted after asking, shared by name, and those that were not read say why", async () => {
    const { calls } = fakeHouse(ANA);
    open("/documents?collection=default");
    const gone = await act("Note 10", "Delete");
    expect(document.activeElement?.textContent).toBe("Cancel");
    await user.click(gone.getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(calls).toContain("DELETE /v1/documents/d10"));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const share = await act("Note 100", "Who may read it");
    await user.click(share.getByRole("combobox", { name: "Readers" }));
    await user.click(await screen.findByRole("option", { name: "Group cert" }));
    await user.selectOptions(share.getByLabelText("Traffic Light Protocol"), "TLP:RED");
    await user.click(share.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls).toContain('PATCH /v1/documents/d100/sharing {"readers":["group:cert"],"tlp":"RED"}'));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.click(screen.getByRole("tab", { name: "Not read (3)" }));
    expect(await screen.findByRole("cell", { name: "The PDF is damaged; export it anew." })).toBeTruthy();
    expect(await faults()).toEqual([]);
  }, 40_000);

  it("that were not read are dismissed, a file with all its pages", async () => {
    const { calls } = fakeHouse(ANA);
    open("/documents");
    await user.click(await screen.findByRole("tab", { name: "Not read (3)" }));
    const buttons = () => screen.getAllByRole("button", { name: /^Dismiss/ }).map((button) => button.getAttribute("aria-label"));
    expect(buttons()).toEqual(["Dismiss “broken.pdf”", "Dismiss “scan.pdf”"]);
    await user.click(screen.getByRole("button", { name: "Dismiss “scan.pdf”" }));
    await screen.findByRole("tab", { name: "Not read (1)" });
    expect(calls).toContain("DELETE /v1/failures?collection=default&source=scan.pdf");
    expect(buttons()).toEqual(["Dismiss “broken.pdf”"]);
  }, 40_000);

  it("collections are shared with people and groups, and deleted by admins", async () => {
    const { calls } = fakeHouse(ANA);
    open("/documents?collection=default");
    await screen.findByRole("heading", { level: 2, name: "default" });
    expect(screen.getByText(/read by administrators only/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Who may read it" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(dialog.getByRole("combobox", { name: "Readers" }));
    await user.click(await screen.findByRole("option", { name: "ben" }));
    expect(await faults()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(calls).toContain('PATCH /v1/collections/default {"readers":["user:p2"]}'));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.click(screen.getByRole("button", { name: "Delete collection" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Delete collection" }));
    await waitFor(() => expect(calls).toContain("DELETE /v1/collections/default"));
  }, 40_000);
});

describe("readers, for an editor", () => {
  const opened = async () => {
    const { calls } = fakeHouse(EVA);
    open("/documents?collection=default");
    await user.click(await screen.findByRole("button", { name: "Who may read it" }));
    const dialog = within(await screen.findByRole("dialog"));
    const box = dialog.getByRole("combobox", { name: "Readers" });
    await user.click(box);
    const picked = (name: string) => dialog.getByText(name, { selector: ".mantine-Pill-label" });
    return { calls, dialog, box, picked };
  };
  const kept = (calls: string[], readers: string[]) =>
    waitFor(() => expect(calls).toContain(`PATCH /v1/collections/default ${JSON.stringify({ readers })}`));

  it("are chosen from the people and groups that there are", async () => {
    const { calls, dialog } = await opened();
    const offered = within(await screen.findByRole("listbox")).getAllByRole("option").map((option) => option.textContent);
    expect(offered).toEqual(["Everybody who is signed in", "Group cert", "Ana (ana)", "ben"]);
    expect(calls).not.toContain("GET /v1/admin/people");
    await user.click(screen.getByRole("option", { name: "Ana (ana)" }));
    await user.click(dialog.getByRole("button", { name: "Save" }));
    await kept(calls, ["user:p1"]);
  }, 40_000);

  it("are found and typed with the keyboard alone; Enter sends nothing half typed", async () => {
    const { calls, dialog, box, picked } = await opened();
    await user.type(box, "ana{ArrowDown}{Enter}");
    expect(picked("Ana (ana)")).toBeTruthy();
    await user.type(box, "group:night{Enter}");
    expect(picked("Group night")).toBeTruthy();
    await user.type(box, "group:ce{ArrowDown}{Enter}");
    expect(picked("Group cert")).toBeTruthy();
    await user.type(box, "nobody{Enter}");
    expect(await screen.findByText(/typed too, as group:NAME/)).toBeTruthy();
    expect(calls.filter((call) => call.startsWith("PATCH"))).toEqual([]);
    await user.clear(box);
    await user.type(box, "{ArrowDown}");
    expect(await faults()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Save" }));
    await kept(calls, ["user:p1", "group:night", "group:cert"]);
  }, 40_000);
});

describe("adding", () => {
  const report = { collection: "new", documents: 1, chunks: 3, skipped: 0, removed: 0, failed: [], seconds: 1, corpus_version: 2 };

  it("takes files dropped on the page, each with its progress and what became of it", async () => {
    fakeHouse(ANA);
    const sent = vi.spyOn(api.documents, "upload").mockImplementation(async (file, _to, progress) => {
      progress(1);
      if (file.name === "big.pdf") throw new ApiError(413, "TooLarge", "The request is larger than 25 MB.");
      const failed = [{ path: file.name, reason: "The PDF is damaged.", page: null }];
      return file.name === "bad.pdf" ? { ...report, documents: 0, failed } : report;
    });
    open("/documents");
    await screen.findByText("62 documents");
    const files = ["good.md", "bad.pdf", "big.pdf"].map((name) => new File(["x"], name));
    const page = screen.getByRole("navigation", { name: "Collections" }).parentElement as HTMLElement;
    fireEvent.drop(page, { dataTransfer: { files, types: ["Files"] } });
    const dialog = within(await screen.findByRole("dialog"));
    await user.clear(dialog.getByRole("combobox", { name: "Collection" }));
    await user.type(dialog.getByRole("combobox", { name: "Collection" }), "new");
    await user.selectOptions(dialog.getByLabelText("Traffic Light Protocol"), "TLP:GREEN");
    expect(dialog.getByText("A new collection of this name is made.")).toBeTruthy();
    expect(await faults()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Upload 3 files" }));
    expect(await dialog.findByText("1 of 3 read, 2 not read")).toBeTruthy();
    expect(dialog.getByText("Read: 3 passages")).toBeTruthy();
    expect(dialog.getByText("The PDF is damaged.")).toBeTruthy();
    expect(dialog.getByText("The request is larger than 25 MB.")).toBeTruthy();
    expect(sent.mock.calls[0]?.[1]).toEqual({ collection: "new", sharing: { readers: [], tlp: "GREEN" } });
    expect(await faults()).toEqual([]);
  }, 40_000);

  it("reads pages of the web, in the demo without asking who may read them", async () => {
    const { calls } = fakeServer((call) =>
      call === "GET /v1/documents"
        ? new Response('{"documents":[]}')
        : call.startsWith("GET /v1/failures")
          ? new Response('{"failed":[]}')
          : call === "POST /v1/ingest"
            ? new Response(JSON.stringify(report))
            : undefined,
    );
    open("/documents");
    await user.click(await screen.findByRole("button", { name: "Add documents" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.queryByLabelText("Readers")).toBeNull();
    await user.click(dialog.getByRole("tab", { name: "Web pages" }));
    await user.type(dialog.getByLabelText("Addresses"), "https://example.org/a");
    await user.click(dialog.getByRole("button", { name: "Read pages" }));
    expect(await dialog.findByText("1 read, 0 unchanged.")).toBeTruthy();
    expect(calls).toContain('POST /v1/ingest {"targets":["https://example.org/a"],"collection":"default"}');
    expect(await faults()).toEqual([]);
  });
});
