import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { faults } from "./fakes/axe";
import { answeredOne, fakeQueue, queued } from "./fakes/queue";
import { open } from "./fakes/show";

const user = userEvent.setup();
const rowsOf = (name: string) => within(screen.getByRole("region", { name })).queryAllByRole("row").slice(1).map((row) => row.textContent);

describe("the queue, for administrators", () => {
  it("shows how many stand where, who works, what was given up and which mails failed", async () => {
    fakeQueue([
      queued(4, { state: "dead", person: "p2", reason: "worker_lost", error: "Three workers stopped.", tries: 3 }),
      answeredOne(3),
      answeredOne(2, { mail: "refused", mail_error: "554 Refused", mail_tries: 8 }),
    ]);
    open("/admin/queue");
    const given = within(await screen.findByRole("region", { name: "Given up" }));
    await given.findByText("ben@example.org");
    expect(given.getByText("Given up: the worker that had it stopped in the midst of it")).toBeTruthy();
    expect(given.getByText("Three workers stopped.")).toBeTruthy();
    expect(rowsOf("Mails that failed")).toHaveLength(1);
    expect(rowsOf("Mails that failed")[0]).toContain("The mail could not be sent: 554 Refused");
    expect(screen.getByText("1,250")).toBeTruthy();
    expect(screen.getByText("worker-a:1")).toBeTruthy();
    expect(await faults()).toEqual([]);
  });

  it("puts what was given up into the line again", async () => {
    const { calls } = fakeQueue([queued(4, { state: "dead", person: "p2", reason: "broken" })]);
    open("/admin/queue");
    await user.click(await screen.findByRole("button", { name: "Try again: question 4 of ben@example.org" }));
    expect(await screen.findByText("None was given up.")).toBeTruthy();
    expect(calls).toContain("POST /v1/admin/questions/q4/retry");
    expect(screen.getByText("No mail failed.")).toBeTruthy();
  });
});

describe("delete my data", () => {
  it("asks first, then says what is gone; the lists are read anew", async () => {
    const { calls } = fakeQueue([answeredOne(1)]);
    const listed = () => calls.filter((call) => call === "GET /v1/conversations").length;
    open("/");
    await user.click(await screen.findByRole("button", { name: "Menu" }));
    await user.click(await screen.findByRole("menuitem", { name: "Your account" }));
    expect(listed()).toBe(1);
    const section = within(await screen.findByRole("region", { name: "What is kept of you" }));
    await user.click(section.getByRole("button", { name: "Delete my data" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(/gone for good/)).toBeTruthy();
    expect(await faults()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(calls).not.toContain("DELETE /v1/me/data");
    await user.click(section.getByRole("button", { name: "Delete my data" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Delete my data" }));
    expect(await section.findByText("Deleted: 2 conversations, 1 question")).toBeTruthy();
    await user.click(screen.getByRole("link", { name: "My questions" }));
    expect(await screen.findByText(/Nothing here yet/)).toBeTruthy();
    await user.click(screen.getByRole("link", { name: "Chat" }));
    await waitFor(() => expect(listed()).toBe(2));
  });
});
