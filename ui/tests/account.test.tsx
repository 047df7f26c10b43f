import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { deviceName } from "../src/account/device";
import { faults } from "./fakes/axe";
import { ANA, fakeHouse } from "./fakes/people";
import { fakeServer } from "./fakes/server";
import { open } from "./fakes/show";

const user = userEvent.setup();
const describedBy = (field: HTMLElement) =>
  (field.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");

describe("signing in", () => {
  it("says in the server's words what is wrong, and leads back to where one wanted to go", async () => {
    fakeHouse(null);
    open("/account");
    await user.type(await screen.findByLabelText("E-mail address"), "ana@example.org");
    await user.type(screen.getByLabelText("Password"), "wrong");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect((await screen.findByRole("alert")).textContent).toContain("The address or the password is wrong.");
    expect(await faults()).toEqual([]);
    await user.clear(screen.getByLabelText("Password"));
    await user.paste("right");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Your account" })).toBeTruthy();
  });

  it("shows the password to whoever wants to see it, by keyboard too", async () => {
    fakeHouse(null);
    open("/sign-in");
    const box = await screen.findByLabelText("Password");
    expect(box.getAttribute("autocomplete")).toBe("current-password");
    await user.click(box);
    await user.tab();
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Show the password" }));
    await user.keyboard("{Enter}");
    expect(screen.getByLabelText("Password").getAttribute("type")).toBe("text");
  });
});

describe("registering and new passwords", () => {
  it("says the rules before, the fault at its field, and nothing about who has an account", async () => {
    const { calls } = fakeHouse(null);
    open("/register");
    const password = await screen.findByLabelText("Password");
    expect(describedBy(password)).toContain("12 to 256 characters");
    await user.type(screen.getByLabelText("E-mail address"), "new@example.org");
    await user.type(password, "short");
    await user.click(screen.getByRole("button", { name: "Create an account" }));
    await waitFor(() => expect(describedBy(password)).toContain("use 12 or more"));
    expect(document.activeElement).toBe(password);
    expect(await faults()).toEqual([]);
    await user.type(password, " but now long enough");
    await user.click(screen.getByRole("button", { name: "Create an account" }));
    expect((await screen.findByRole("status")).textContent).toContain("If the address was free");
    expect(calls.at(-1)).toContain('{"email":"new@example.org","password":"short but now long enough","name":""}');
  });

  it("is offered where it is open; where it is closed, it is said who makes accounts", async () => {
    fakeHouse(null, true);
    const { unmount } = open("/sign-in");
    expect(await screen.findByRole("link", { name: "Create an account" })).toBeTruthy();
    expect(screen.queryByText(/ask yours for one/)).toBeNull();
    unmount();
    const { calls } = fakeHouse(null, false);
    const closed = open("/sign-in");
    expect(await screen.findByText(/Accounts are made by an administrator here/)).toBeTruthy();
    expect(screen.queryByRole("link", { name: "Create an account" })).toBeNull();
    expect(await faults()).toEqual([]);
    closed.unmount();
    open("/register");
    expect(await screen.findByText(/Accounts are made by an administrator here/)).toBeTruthy();
    expect(screen.queryByLabelText("Password")).toBeNull();
    expect(await faults()).toEqual([]);
    expect(calls.filter((call) => call.includes("register"))).toEqual([]);
  });

  it("asks for a link and says the same for every address", async () => {
    fakeHouse(null);
    open("/forgot");
    await user.type(await screen.findByLabelText("E-mail address"), "nobody@example.org");
    expect(await faults()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Send a link" }));
    const told = await screen.findByRole("status");
    expect(told.textContent).toContain("If there is an account");
    expect(document.activeElement).toBe(told);
  });

  it("takes the token out of the link and sets the password", async () => {
    const { calls } = fakeHouse(null);
    open("/reset#token=abc");
    await user.type(await screen.findByLabelText("New password"), "several words are best");
    expect(await faults()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect((await screen.findByRole("status")).textContent).toContain("Your new password is set");
    expect(calls).toContain('POST /v1/auth/reset {"token":"abc","password":"several words are best"}');
  });

  it("says without a link that one is needed", async () => {
    fakeHouse(null);
    open("/reset");
    expect(await screen.findByText(/Open the link that you were sent/)).toBeTruthy();
  });
});

describe("the account", () => {
  it("is not there where nobody signs in", async () => {
    fakeServer();
    open("/account");
    expect(await screen.findByRole("heading", { name: "Nothing here" })).toBeTruthy();
  });

  it("changes name and password", async () => {
    const { calls } = fakeHouse(ANA);
    open("/account");
    const profile = within(await screen.findByRole("region", { name: "Profile" }));
    await user.clear(profile.getByLabelText("Name"));
    await user.type(profile.getByLabelText("Name"), "Ana M.");
    await user.click(profile.getByRole("button", { name: "Save" }));
    await profile.findByText("Saved");
    expect(calls).toContain('PATCH /v1/me {"name":"Ana M.","language":"en"}');
    const password = within(screen.getByRole("region", { name: "Change password" }));
    await user.type(password.getByLabelText("Password until now"), "right");
    await user.type(password.getByLabelText("New password"), "a few words more");
    await user.click(password.getByRole("button", { name: "Change password" }));
    await password.findByText(/all other sessions are ended/);
    expect(calls).toContain('POST /v1/auth/password {"old":"right","new":"a few words more"}');
    expect(password.getByLabelText<HTMLInputElement>("New password").value).toBe("");
    expect(await faults()).toEqual([]);
  });

  it("sends a wrong old password once, and says so at its field", async () => {
    const { calls } = fakeHouse(null);
    open("/account");
    await user.type(await screen.findByLabelText("E-mail address"), "ana@example.org");
    await user.type(screen.getByLabelText("Password"), "right");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    const form = within(await screen.findByRole("region", { name: "Change password" }));
    const before = calls.length;
    await user.type(form.getByLabelText("Password until now"), "wrong");
    await user.type(form.getByLabelText("New password"), "a few words more");
    await user.click(form.getByRole("button", { name: "Change password" }));
    await waitFor(() => expect(describedBy(form.getByLabelText("Password until now"))).toContain("The old password is wrong"));
    expect(document.activeElement).toBe(form.getByLabelText("Password until now"));
    const sent = calls.slice(before).filter((call) => call.startsWith("POST"));
    expect(sent).toEqual(['POST /v1/auth/password {"old":"wrong","new":"a few words more"}']);
    expect(await faults()).toEqual([]);
  });

  it("ends another session, not this one", async () => {
    const { calls } = fakeHouse(ANA);
    open("/account");
    const end = await screen.findAllByRole("button", { name: "End the session of Firefox, Linux" });
    expect(end).toHaveLength(1);
    await user.click(end[0] as HTMLElement);
    await waitFor(() => expect(calls).toContain("DELETE /v1/auth/sessions/s2"));
  });

  it("shows a new key once, to be copied, and revokes keys after asking", async () => {
    const { calls } = fakeHouse(ANA);
    open("/account");
    await user.click(await screen.findByRole("button", { name: "Make a key" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByLabelText("What it is for"), "backup");
    await user.selectOptions(dialog.getByLabelText("Holds for"), "30 days");
    expect(await faults()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Make a key" }));
    const shown = await dialog.findByLabelText<HTMLInputElement>("Your new key");
    expect(shown.value).toBe("vk_secret");
    expect(calls).toContain('POST /v1/auth/keys {"name":"backup","days":30}');
    await user.click(dialog.getByRole("button", { name: "Copy" }));
    await dialog.findByText("Copied");
    expect(await navigator.clipboard.readText()).toBe("vk_secret");
    expect(await faults()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "I have copied it" }));
    expect(screen.queryByDisplayValue("vk_secret")).toBeNull();
    await user.click(await screen.findByRole("button", { name: "Revoke the key nightly" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Revoke" }));
    await waitFor(() => expect(calls).toContain("DELETE /v1/auth/keys/k1"));
  });

  it("calls devices as people do", () => {
    expect(deviceName("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0")).toBe("Edge, Windows");
    expect(deviceName("curl/8.0")).toBe("curl/8.0");
  });
});
