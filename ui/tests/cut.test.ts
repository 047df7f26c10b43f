import { describe, expect, it } from "vitest";
import type { Claim } from "../src/api";
import { cut } from "../src/chat/cut";

const claim = (text: string, support: Claim["support"] = "supported"): Claim => ({ text, support, sources: [] });
const shown = (texts: string[], claims: Claim[]) =>
  cut(texts, claims).map((pieces) =>
    pieces.map((piece) => `${piece.kind}${piece.claim ?? ""}${piece.ends ? "!" : ""}:${piece.text}`),
  );

describe("cut", () => {
  it("loses no character", () => {
    const texts = ["See CVE-2021-44228 ", "and T1110.003", " now. [s1][s2] More. [s3, s4]"];
    expect(cut(texts, [claim("More.")]).map((pieces) => pieces.map((piece) => piece.text).join(""))).toEqual(texts);
  });

  it("finds source markers and identifiers", () => {
    expect(shown(["Use M1036 on CVE-2021-44228. [s12]"], [])).toEqual([
      ["text:Use ", "id:M1036", "text: on ", "id:CVE-2021-44228", "text:.", "cite: [s12]"],
    ]);
  });

  it("takes no year, version or word for an identifier", () => {
    const texts = ["In 2021, version 1.2.3 of ST1110 and T11100 and [source]."];
    expect(shown(texts, [])).toEqual([[`text:${texts[0]}`]]);
  });

  it("finds a claim across emphasis, markers and spaces, with its full stop", () => {
    const texts = ["First. [s1] Set account ", "lockout", "  policies. [s2]"];
    expect(shown(texts, [claim("First."), claim("Set account lockout policies.", "weak")])).toEqual([
      ["text0!:First.", "cite: [s1]", "text: ", "text1:Set account "],
      ["text1:lockout"],
      ["text:  ", "text1!:policies.", "cite: [s2]"].slice(0, 0).concat(["text1!:  policies.", "cite: [s2]"]),
    ]);
  });

  it("finds the second of two equal claims after the first", () => {
    const pieces = cut(["Yes. Yes."], [claim("Yes."), claim("Yes.", "weak")]).flat();
    expect(pieces.filter((piece) => piece.claim !== null).map((piece) => [piece.claim, piece.text])).toEqual([
      [0, "Yes."],
      [1, "Yes."],
    ]);
  });

  it("leaves a claim that is not in the text", () => {
    expect(shown(["Other words."], [claim("Not here.")])).toEqual([["text:Other words."]]);
  });
});
