import type { LineBox } from "../api";
import type { Span } from "./place";

export type Rectangle = [left: number, bottom: number, right: number, top: number];

/** The rectangles of a passage on a page, in points from the lower left. Lines at its ends are cut by the share of their
 * characters, which is near enough to guide the eye; a little air above
 * and below. */
export function rectangles(boxes: readonly LineBox[], span: Span, page: number): Rectangle[] {
  return boxes
    .filter((line) => line.page === page && line.start < span.end && span.start < line.end)
    .map((line) => {
      const [left, bottom, right, top] = line.box;
      const each = (right - left) / Math.max(1, line.end - line.start);
      const from = left + each * Math.max(0, span.start - line.start);
      const to = right - each * Math.max(0, line.end - span.end);
      const air = (top - bottom) * 0.12;
      return [Math.max(left, from - each / 2), bottom - air, Math.min(right, to + each / 2), top + air];
    });
}

/** The pages that a passage stands on. */
export function pagesOf(boxes: readonly LineBox[], span: Span): number[] {
  const found = boxes.filter((line) => line.start < span.end && span.start < line.end).map((line) => line.page);
  return [...new Set(found)].sort((one, other) => one - other);
}
