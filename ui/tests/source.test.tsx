import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { LineBox } from "../src/api";
import { pagesOf, rectangles } from "../src/source/boxes";
import { addressOf, locate, wholeDocument } from "../src/source/place";
import { TextView } from "../src/source/TextView";
import { DOCUMENT, TEXT } from "./fakes/data";
import { show } from "./fakes/show";

const line = (page: number, start: number, end: number, bottom: number): LineBox => ({
  page,
  start,
  end,
  box: [100, bottom, 200, bottom + 10],
});
const BOXES = [line(1, 0, 10, 700), line(1, 10, 20, 680), line(2, 20, 30, 700)];

describe("boxes of a passage", () => {
  it("are those of its lines on the page, cut at its ends", () => {
    const found = rectangles(BOXES, { start: 5, end: 25 }, 1);
    expect(found.map(([left, , right]) => [left, right])).toEqual([
      [145, 200],
      [100, 200],
    ]);
    expect(rectangles(BOXES, { start: 5, end: 25 }, 2).map(([left, , right]) => [left, right])).toEqual([[100, 155]]);
  });

  it("stay inside of their lines and cover their height", () => {
    for (const [left, bottom, right, top] of rectangles(BOXES, { start: 0, end: 30 }, 1)) {
      expect(left).toBeGreaterThanOrEqual(100);
      expect(right).toBeLessThanOrEqual(200);
      expect(top - bottom).toBeGreaterThanOrEqual(10);
    }
  });

  it("know their pages", () => {
    expect(pagesOf(BOXES, { start: 5, end: 25 })).toEqual([1, 2]);
    expect(pagesOf(BOXES, { start: 40, end: 50 })).toEqual([]);
  });
});

describe("a passage", () => {
  const place = { ...wholeDocument("d1", ""), page: 3, start: 0, end: 5, quote: "T1110" };

  it("stands at its offsets, else where its quote stands, else nowhere", () => {
    expect(locate(TEXT, place)).toEqual({ start: 0, end: 5 });
    expect(locate(`New. ${TEXT}`, place)).toEqual({ start: 5, end: 10 });
    expect(locate("Other text", place)).toBeNull();
    expect(locate(TEXT, wholeDocument("d1", ""))).toBeNull();
  });

  it("has an address", () => {
    expect(addressOf(place)).toBe("/documents/d1?page=3&start=0&end=5");
    expect(addressOf(wholeDocument("d1", ""))).toBe("/documents/d1");
  });

  it("is marked to the character, across blocks", () => {
    const span = { start: TEXT.indexOf("guess"), end: TEXT.indexOf(" Account Use") };
    const { container } = show(<TextView text={TEXT} blocks={DOCUMENT.blocks} span={span} />);
    const marks = [...container.querySelectorAll("mark")].map((mark) => mark.textContent);
    expect(marks).toEqual(["guess passwords.", "Mitigations", "M1036"]);
    expect(screen.getByRole("heading", { name: "T1110 Brute Force" })).toBeTruthy();
  });

  it("is shown without blocks too", () => {
    const { container } = show(<TextView text="One two three" blocks={[]} span={{ start: 4, end: 7 }} />);
    expect(container.querySelector("mark")?.textContent).toBe("two");
  });
});
