import type { Answer } from "../api";
import { sourceNumber } from "./panel";

/** An answer for the clipboard: its text with [1] for [s1], and its sources below. */
export function plainAnswer(answer: Answer): string {
  const text = answer.answer.replace(/\[s\d+(?:\s*,\s*s?\d+)*\]/g, (marker) => marker.replace(/s(?=\d)/g, ""));
  const sources = answer.sources.map(
    (source) => `[${sourceNumber(source.id)}] ${source.title}${source.page ? `, p. ${source.page}` : ""} (${source.source})`,
  );
  return [text, sources.join("\n")].filter(Boolean).join("\n\n");
}
