import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { chooseLanguage, type Language } from "../src/i18n";
import { faults } from "./fakes/axe";
import { fakeServer } from "./fakes/server";
import { open } from "./fakes/show";

const user = userEvent.setup();
beforeEach(() => void fakeServer());

describe("axe finds nothing", () => {
  it("on an empty chat, in any language", async () => {
    open();
    await screen.findByRole("textbox", { name: "Your question" });
    expect(await faults()).toEqual([]);
    for (const language of ["es", "fr", "en"] satisfies Language[]) {
      await chooseLanguage(language);
      expect(document.documentElement.lang).toBe(language);
      expect(await faults()).toEqual([]);
    }
  });

  it("on an answer with a source beside it, a refusal, a failure and the list of shortcuts", async () => {
    open();
    const box = await screen.findByRole("textbox", { name: "Your question" });
    await user.type(box, "What about it?{Enter}");
    await user.click(await screen.findByRole("button", { name: /Open source 1/ }));
    await screen.findByText("Mitigations");
    expect(await faults()).toEqual([]);
    await user.type(screen.getByRole("textbox", { name: "Your question" }), "football{Enter}");
    await screen.findByRole("heading", { name: "Not in these documents" });
    await user.type(screen.getByRole("textbox", { name: "Your question" }), "explode{Enter}");
    await screen.findByRole("alert");
    expect(await faults()).toEqual([]);
    await user.keyboard("{Control>}/{/Control}");
    await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
    expect(await faults()).toEqual([]);
  });
});

describe("the keyboard", () => {
  it("comes to the content by the skip link first", async () => {
    open();
    await screen.findByRole("textbox", { name: "Your question" });
    (document.activeElement as HTMLElement).blur();
    await user.tab();
    expect(document.activeElement?.textContent).toBe("Skip to the content");
    expect(document.activeElement?.getAttribute("href")).toBe("#main");
  });

  it("comes to the question box and the search by shortcut", async () => {
    open();
    const box = await screen.findByRole("textbox", { name: "Your question" });
    await user.keyboard("{Alt>}s{/Alt}");
    expect(document.activeElement).toBe(screen.getByRole("searchbox"));
    await user.keyboard("{Control>}k{/Control}");
    expect(document.activeElement).toBe(box);
  });
});
