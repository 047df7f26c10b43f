import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { chooseLanguage } from "../src/i18n";
import { faults } from "./fakes/axe";
import { REFUSAL } from "./fakes/data";
import { ANA } from "./fakes/people";
import { answeredOne, fakeQueue, queued } from "./fakes/queue";
import { open } from "./fakes/show";

const user = userEvent.setup();
const box = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Your question" });
const byMail = () => screen.findByRole("button", { name: "Answer me by e-mail" });
const bodies = (calls: string[], begin: string) => calls.filter((call) => call.startsWith(begin)).map((call) => JSON.parse(call.slice(begin.length)));
beforeEach(() => localStorage.clear());

describe("the question box", () => {
  it("puts a question into the line to be answered by e-mail, and says its place and where the answer will be", async () => {
    const { calls } = fakeQueue([]);
    open();
    expect((await byMail()).hasAttribute("disabled")).toBe(true);
    await user.type(await box(), "What about T1110?");
    await user.click(await byMail());
    expect(await screen.findByText("Your question is in line: number 3")).toBeTruthy();
    expect(screen.getByText(/will be mailed to ana@example.org/)).toBeTruthy();
    expect((await box()).value).toBe("");
    expect(document.activeElement).toBe(await box());
    const [sent] = bodies(calls, "POST /v1/questions ");
    expect(sent).toEqual({ text: "What about T1110?", collection: "default", by_mail: true, training: false, key: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(calls.some((call) => call.startsWith("POST /v1/conversations"))).toBe(false);
    expect(await faults()).toEqual([]);
    await user.click(within(screen.getByRole("note")).getByRole("link", { name: "My questions" }));
    expect(await screen.findByRole("link", { name: "What about T1110?" })).toBeTruthy();
  });

  it("keeps what the server refuses, and says why; the same question sent again has the same key", async () => {
    const { calls } = fakeQueue([]);
    open();
    await user.type(await box(), "one too many");
    await user.click(await byMail());
    expect((await screen.findByRole("alert")).textContent).toContain("Ten of your questions wait already");
    expect((await box()).value).toBe("one too many");
    await user.click(await byMail());
    await waitFor(() => expect(bodies(calls, "POST /v1/questions ")).toHaveLength(2));
    await waitFor(async () => expect((await byMail()).hasAttribute("disabled")).toBe(false));
    await user.type(await box(), "!");
    await user.click(await byMail());
    await waitFor(() => expect(bodies(calls, "POST /v1/questions ")).toHaveLength(3));
    const keys = bodies(calls, "POST /v1/questions ").map((body) => body.key);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it("answers on the page where nothing can be mailed", async () => {
    const { calls } = fakeQueue([], { mail: false, sign_in: false, person: null, training: "never" });
    open();
    await user.type(await box(), "Later, please");
    await user.click(await screen.findByRole("button", { name: "Answer me later" }));
    expect(await screen.findByText(/The answer will stand here/)).toBeTruthy();
    expect(bodies(calls, "POST /v1/questions ")[0]).not.toHaveProperty("training");
    expect(bodies(calls, "POST /v1/questions ")[0].by_mail).toBe(false);
  });

  it("asks for consent to training where the setting says so, and remembers it", async () => {
    const { calls } = fakeQueue([]);
    const first = open();
    const consent = await screen.findByRole<HTMLInputElement>("checkbox", { name: /may become training data/ });
    expect(consent.checked).toBe(false);
    await user.click(consent);
    first.unmount();
    const second = open();
    expect((await screen.findByRole<HTMLInputElement>("checkbox")).checked).toBe(true);
    await user.type(await box(), "What about T1110?");
    await user.click(await byMail());
    await waitFor(() => expect(bodies(calls, "POST /v1/questions ")[0]?.training).toBe(true));
    second.unmount();
    fakeQueue([], { training: "always" });
    const third = open();
    expect(await screen.findByText("Questions that are answered later become training data here.")).toBeTruthy();
    expect(screen.queryByRole("checkbox")).toBeNull();
    third.unmount();
    fakeQueue([], { training: "never" });
    open();
    await byMail();
    expect(screen.queryByText(/training data/)).toBeNull();
  });
});

describe("my questions", () => {
  const card = (number: number) => within(screen.getByText(new RegExp(`^Question ${number} ·`)).closest("li") as HTMLElement);

  it("say where each stands, in words, in any language", async () => {
    fakeQueue([
      queued(7, { place: 2 }),
      queued(6, { state: "answering" }),
      queued(5, { reason: "provider_down", tries: 1 }),
      queued(4, { state: "dead", reason: "timeout", error: "The model needed longer than 600 s.", tries: 5 }),
      queued(3, { state: "cancelled" }),
      queued(8, { state: "dead", reason: "broken", mail: "sent", sent: "2026-11-20T11:00:01+00:00" }),
      answeredOne(2),
      answeredOne(1, { mail: "bounced", mail_error: "550 No such user", sent: "" }),
    ]);
    open("/questions");
    expect(await screen.findByText("3 questions are on their way.")).toBeTruthy();
    expect(card(7).getByText("Number 2 in line")).toBeTruthy();
    expect(card(7).getByText("The answer comes by e-mail")).toBeTruthy();
    expect(card(6).getByText("Being answered")).toBeTruthy();
    expect(card(5).getByText("Waits for another try: no language model could be reached")).toBeTruthy();
    expect(card(4).getByText("Given up: it took too long")).toBeTruthy();
    expect(card(4).queryByText(/e-mail/)).toBeNull();
    expect(card(3).getByText("Cancelled")).toBeTruthy();
    expect(card(8).getByText(/^You were told by e-mail/)).toBeTruthy();
    expect(card(2).getByText(/^Sent by e-mail/)).toBeTruthy();
    expect(card(1).getByText("The mail came back: 550 No such user")).toBeTruthy();
    expect(await faults()).toEqual([]);
    for (const language of ["es", "fr", "en"] as const) {
      await chooseLanguage(language);
      expect(await faults()).toEqual([]);
    }
  });

  it("are cancelled, put into the line again, and their mail is sent again", async () => {
    const { calls } = fakeQueue([queued(3, { place: 1 }), queued(2, { state: "dead", reason: "broken" }), answeredOne(1, { mail: "refused" })]);
    open("/questions");
    await user.click(await screen.findByRole("button", { name: "Cancel question 3" }));
    await waitFor(() => expect(card(3).getByText("Cancelled")).toBeTruthy());
    await user.click(screen.getByRole("button", { name: "Try again: question 2" }));
    await waitFor(() => expect(card(2).getByText("Number 4 in line")).toBeTruthy());
    await user.click(screen.getByRole("button", { name: "Send the mail again" }));
    await waitFor(() => expect(card(1).getByText("The mail is on its way")).toBeTruthy());
    const sent = calls.filter((call) => call.startsWith("POST")).map((call) => call.split(" ")[1]);
    expect(sent).toEqual(["/v1/questions/q3/cancel", "/v1/questions/q2/retry", "/v1/questions/q1/retry"]);
  });

  it("say it when it was too late to cancel, and show the answer", async () => {
    const { questions } = fakeQueue([queued(1, { state: "answering" })]);
    open("/questions");
    const cancel = await screen.findByRole("button", { name: "Cancel question 1" });
    await user.click(cancel);
    expect((await screen.findByRole("alert")).textContent).toContain("answered already");
    questions[0] = answeredOne(1);
    expect(await card(1).findByText(/^Answered ·/, {}, { timeout: 9_000 })).toBeTruthy();
  }, 20_000);

  it("are read anew while one is open, and not after", async () => {
    const { questions, calls } = fakeQueue([queued(1, { place: 1 })]);
    open("/questions");
    await screen.findByText("1 question is on its way.");
    questions[0] = answeredOne(1);
    await screen.findByText("None is on its way.", {}, { timeout: 9_000 });
    const read = calls.length;
    await new Promise((done) => setTimeout(done, 5_000));
    expect(calls).toHaveLength(read);
  }, 25_000);

  it("come twenty at a time", async () => {
    fakeQueue(Array.from({ length: 25 }, (_, number) => answeredOne(25 - number)));
    open("/questions");
    await screen.findByText(/^Question 6 ·/);
    expect(screen.queryByText(/^Question 5 ·/)).toBeNull();
    await user.click(screen.getByRole("button", { name: "Show older questions" }));
    expect(await screen.findByText(/^Question 1 ·/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Show older questions" })).toBeNull();
  });

  it("are none at first: it is said how to begin", async () => {
    fakeQueue([]);
    open("/questions");
    expect(await screen.findByText(/choose “Answer me by e-mail”/)).toBeTruthy();
    expect(await faults()).toEqual([]);
  });
});

describe("the language", () => {
  it("is that of the house for whoever has chosen none, and of the account before that", async () => {
    fakeQueue([], { language_default: "es" });
    const first = open();
    expect(await screen.findByRole("link", { name: "Mis preguntas" })).toBeTruthy();
    expect(localStorage.length).toBe(0);
    first.unmount();
    fakeQueue([], { language_default: "es", person: { ...ANA, language: "fr" } });
    const second = open();
    expect(await screen.findByRole("link", { name: "Mes questions" })).toBeTruthy();
    second.unmount();
    await chooseLanguage("en");
    fakeQueue([], { language_default: "es" });
    open();
    expect(await screen.findByRole("link", { name: "My questions" })).toBeTruthy();
    await new Promise((done) => setTimeout(done, 200));
    expect(document.documentElement.lang).toBe("en");
  });
});

describe("one question", () => {
  it("has its answer with sources beside it, and can be rated", async () => {
    const { calls } = fakeQueue([answeredOne(1)]);
    open("/questions");
    await user.click(await screen.findByRole("link", { name: "What about T111?" }));
    expect(await screen.findByText("Answered by ollama")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Ask again" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Open source 2: T1110 Brute Force" }));
    expect(await screen.findByText("M1032 Multi-factor Authentication: Use it.", { selector: "mark" })).toBeTruthy();
    expect(await faults()).toEqual([]);
    await user.keyboard("{Escape}");
    const down = screen.getByRole("button", { name: "Bad answer" });
    await user.click(down);
    await waitFor(() => expect(down.getAttribute("aria-pressed")).toBe("true"));
    const dialog = within(await screen.findByRole("dialog", { name: "What was wrong with it?" }));
    await user.click(dialog.getByRole("radio", { name: "Incomplete" }));
    await user.click(dialog.getByRole("button", { name: "Send" }));
    await waitFor(() => expect(calls).toContain('POST /v1/questions/q1/rating {"thumb":"down","reason":"Incomplete"}'));
  });

  it("that was given up says why in words and in the server's sentence", async () => {
    fakeQueue([queued(4, { state: "dead", reason: "timeout", error: "The model needed longer than 600 s." })]);
    open("/questions/q4");
    expect(await screen.findByText("The model needed longer than 600 s.")).toBeTruthy();
    expect(screen.getByText("Given up: it took too long")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Try again: question 4" })).toBeTruthy();
    expect(await faults()).toEqual([]);
  });

  it("that was refused leads on to the nearest topics, in a new conversation", async () => {
    const { calls } = fakeQueue([answeredOne(1, { answer: REFUSAL })]);
    open("/questions/q1");
    await user.click(await screen.findByRole("button", { name: "T1535 Unused Cloud Regions" }));
    expect(await screen.findByRole("button", { name: "Copy the answer" })).toBeTruthy();
    expect(calls).toContain('POST /v1/conversations {"collection":"default"}');
  });

  it("that is not there says so", async () => {
    fakeQueue([]);
    open("/questions/unknown");
    expect((await screen.findByRole("alert")).textContent).toContain("There is no such question.");
  });
});
