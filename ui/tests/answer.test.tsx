import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { AnswerText } from "../src/chat/AnswerText";
import { plainAnswer } from "../src/chat/plainAnswer";
import { ANSWER } from "./fakes/data";
import { show } from "./fakes/show";

const render = (text: string) => show(<AnswerText text={text} answer={{ ...ANSWER, answer: text, claims: [] }} />).container;

describe("the text of an answer", () => {
  it("has a button for each source, an identifier as a button, and words for what is weak", () => {
    show(<AnswerText text={ANSWER.answer} answer={ANSWER} />);
    expect(screen.getByRole("button", { name: "Open source 1: T1110 Brute Force" }).textContent).toBe("1");
    expect(screen.getByRole("button", { name: "M1036" })).toBeTruthy();
    expect(screen.getAllByText("weakly supported")).toHaveLength(1);
    expect(screen.queryByText(/\[s\d/)).toBeNull();
  });

  it("shows no number for a source that is not there", () => {
    expect(render("A sentence. [s9]").querySelector("button")).toBeNull();
  });

  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a href=javascript:alert(1)>x</a></svg>",
    "[click](javascript:alert(1)) [out](https://evil.example/?q=secret)",
    "![beacon](https://evil.example/pixel.png)",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<x-cite value='[s1]'>x</x-cite><x-id value='CVE-2021-44228'></x-id>",
    "<a href='https://evil.example' style='position:fixed;inset:0'>x</a>",
    "https://evil.example/auto <https://evil.example/auto>",
    '<form action="https://evil.example"><input name=p autofocus onfocus=alert(1)></form>',
    "<style>@import 'https://evil.example/x.css'</style>",
  ])("brings nothing of the web along: %s", (text) => {
    const html = render(text);
    const bad = "script, img, svg [onload], iframe, a, form, style, link, object, embed, base, meta, [onerror], [onfocus], [style]";
    expect(html.querySelector(`div ${bad.split(", ").join(", div ")}`)).toBeNull();
    expect(html.querySelector("button")).toBeNull();
  });

  it("is copied with its sources", () => {
    const text = plainAnswer(ANSWER);
    expect(text).toContain("policies. [1]");
    expect(text).toContain("[2] T1110 Brute Force (attack.json#T1110)");
    expect(text).not.toContain("[s");
  });
});
