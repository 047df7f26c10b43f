import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { fakeServer } from "./fakes/server";
import { open } from "./fakes/show";

let server: ReturnType<typeof fakeServer>;
const user = userEvent.setup();
beforeEach(() => {
  server = fakeServer();
});

const question = () => screen.findByRole("textbox", { name: "Your question" });
async function ask(text: string) {
  await user.type(await question(), `${text}{Enter}`);
}
async function answered(text = "What about it?") {
  open();
  await ask(text);
  await screen.findByRole("button", { name: "Copy the answer" });
}

describe("a question", () => {
  it("is answered with sources, notice, provider and how well each sentence is supported", async () => {
    await answered();
    expect(screen.getByText("Answered by ollama because openai did not answer (timeout).")).toBeTruthy();
    expect(screen.getByText("Answered by ollama")).toBeTruthy();
    expect(screen.getByText("1 sentence supported")).toBeTruthy();
    expect(screen.getByText("1 weakly")).toBeTruthy();
    expect(screen.getByText("What about brute force?")).toBeTruthy();
    expect(server.calls).toContain('POST /v1/conversations {"collection":"default"}');
  });

  it("can begin with a suggestion", async () => {
    open();
    await user.click(await screen.findByRole("button", { name: "Which controls mitigate T1110?" }));
    expect(await screen.findByRole("button", { name: "Copy the answer" })).toBeTruthy();
  });

  it("that is out of scope is refused, with the reason and the nearest topics to ask about", async () => {
    open();
    await ask("Who won the football cup?");
    expect(await screen.findByRole("heading", { name: "Not in these documents" })).toBeTruthy();
    expect(screen.getByText(/“football” appears nowhere/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "T1535 Unused Cloud Regions" }));
    expect(await screen.findByText("Answered by ollama")).toBeTruthy();
  });

  it("can be stopped while its draft comes, and asked again", async () => {
    open();
    await ask("slow");
    expect(await screen.findByText("Unchecked draft")).toBeTruthy();
    expect(screen.getByText("A draft.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Stop" }));
    expect(await screen.findByText(/stopped before it was answered/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Ask again" })).toBeTruthy();
    expect(document.activeElement).toBe(await question());
  });

  it("that fails says why and offers to try again", async () => {
    open();
    await ask("explode");
    const alert = await screen.findByRole("alert");
    expect(within(alert).getByText("No provider answers now.")).toBeTruthy();
    expect(within(alert).getByRole("button", { name: "Try again" })).toBeTruthy();
  });

  it("can be edited; its answer and what follows are replaced", async () => {
    await answered("First question");
    await user.click(screen.getByRole("button", { name: "Edit the question" }));
    const box = screen.getByRole("textbox", { name: "Edit the question" });
    await user.clear(box);
    await user.type(box, "Second question{Enter}");
    await waitFor(() => expect(screen.queryByText("First question", { selector: "p" })).toBeNull());
    expect(await screen.findByText("Second question", { selector: "p" })).toBeTruthy();
    expect(server.calls.some((call) => call.includes("/again") && call.includes("Second question"))).toBe(true);
  });

  it("is not sent when it is empty or too long", async () => {
    open();
    await user.type(await question(), "   {Enter}");
    await user.clear(await question());
    await user.paste("x".repeat(4001));
    expect(screen.getByText("1 character too many")).toBeTruthy();
    await user.keyboard("{Enter}");
    expect(server.calls.some((call) => call.startsWith("POST"))).toBe(false);
  });
});

describe("an answer", () => {
  it("opens the passage of a source, marked to the character; Esc closes it and gives the focus back", async () => {
    await answered();
    const number = screen.getByRole("button", { name: "Open source 2: T1110 Brute Force" });
    await user.click(number);
    const mark = await screen.findByText("M1032 Multi-factor Authentication: Use it.", { selector: "mark" });
    expect(mark).toBeTruthy();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByText("Mitigations")).toBeNull());
    expect(document.activeElement).toBe(number);
  });

  it("opens the card of an identifier, and from there its document", async () => {
    await answered();
    await user.click(screen.getByRole("button", { name: "T1110" }));
    expect(await screen.findByText("Credential Access")).toBeTruthy();
    expect(screen.getByRole("button", { name: "M1036 Account Use Policies" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Open where it stands: Tactics" }));
    expect(await screen.findByText("Adversaries guess passwords.")).toBeTruthy();
  });

  it("can be rated, with a reason", async () => {
    await answered();
    const down = screen.getByRole("button", { name: "Bad answer" });
    await user.click(down);
    await waitFor(() => expect(down.getAttribute("aria-pressed")).toBe("true"));
    const dialog = await screen.findByRole("dialog", { name: "What was wrong with it?" });
    await user.click(within(dialog).getByRole("radio", { name: "Incomplete" }));
    await user.click(within(dialog).getByRole("button", { name: "Send" }));
    await waitFor(() => expect(server.calls.at(-1)).toContain('{"thumb":"down","reason":"Incomplete"}'));
  });

  it("tells its timings on demand", async () => {
    await answered();
    await user.click(screen.getByRole("button", { name: "Timings" }));
    expect(await screen.findByText("40 ms")).toBeTruthy();
    expect(screen.getByText(/97\s?%/)).toBeTruthy();
  });
});

describe("conversations", () => {
  it("are listed, renamed and deleted", async () => {
    await answered("About brute force");
    await user.click(await screen.findByRole("button", { name: "Actions for “About brute force”" }));
    await user.click(await screen.findByRole("menuitem", { name: "Rename" }));
    const title = await screen.findByRole("textbox", { name: "Title" });
    await user.clear(title);
    await user.type(title, "Passwords{Enter}");
    await user.click(await screen.findByRole("button", { name: "Actions for “Passwords”" }));
    await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    expect(await screen.findByText("No conversations yet.")).toBeTruthy();
    expect(await screen.findByRole("heading", { name: "What would you like to know?" })).toBeTruthy();
  });

  it("are searched", async () => {
    await answered("About brute force");
    await user.type(screen.getByRole("searchbox", { name: "Search conversations" }), "nothing");
    expect(await screen.findByText("No conversation has these words.")).toBeTruthy();
  });

  it("that are not there say so", async () => {
    open("/c/unknown");
    expect(await screen.findByText("There is no such conversation.")).toBeTruthy();
  });
});
