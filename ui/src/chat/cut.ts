/** Texts of one block of an answer, cut at source markers, identifiers and the ends of claims. */

import type { Claim } from "../api";

export interface Piece {
  kind: "text" | "cite" | "id";
  text: string;
  /** Place of the claim that it belongs to. */
  claim: number | null;
  /** Whether the claim ends with it. */
  ends: boolean;
}

const MARKER = /\s*\[s\d+(?:\s*,\s*s?\d+)*\]/g;
const IDENTIFIER =
  /\b(?:CVE-\d{4}-\d{4,}|CWE-\d{1,4}|CAPEC-\d{1,4}|GHSA(?:-[\da-z]{4}){3}|TA\d{4}|[TMGSC]\d{4}(?:\.\d{3})?)\b/g;

interface Span {
  start: number;
  end: number;
}

/** The pieces of each text. Claims are looked for from `from` on, in their order. */
export function cut(texts: readonly string[], claims: readonly Claim[], from = 0): Piece[][] {
  const whole = texts.join("");
  const markers = spans(whole, MARKER);
  const identifiers = spans(whole, IDENTIFIER).filter((one) => !markers.some((other) => overlap(one, other)));
  const stands = places(whole, markers, claims, from);
  let offset = 0;
  return texts.map((text) => {
    const pieces = slice(whole, { start: offset, end: offset + text.length }, markers, identifiers, stands);
    offset += text.length;
    return pieces;
  });
}

function spans(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map((found) => ({ start: found.index, end: found.index + found[0].length }));
}

const overlap = (one: Span, other: Span) => one.start < other.end && other.start < one.end;

/** Where each claim stands. Compared are letters and digits alone: emphasis, markers and spaces may differ. */
function places(text: string, markers: Span[], claims: readonly Claim[], from: number): Map<number, Span> {
  const { letters, at } = compact(text, markers);
  const found = new Map<number, Span>();
  let begin = 0;
  for (let place = from; place < claims.length; place += 1) {
    const wanted = compact(claims[place]?.text ?? "", []).letters;
    const hit = wanted ? letters.indexOf(wanted, begin) : -1;
    if (hit < 0) continue;
    begin = hit + wanted.length;
    found.set(place, { start: at[hit] ?? 0, end: closing(text, (at[begin - 1] ?? 0) + 1) });
  }
  return found;
}

function compact(text: string, left: Span[]): { letters: string; at: number[] } {
  const at: number[] = [];
  let letters = "";
  for (const found of text.matchAll(/[\p{L}\p{N}]/gu)) {
    if (left.some((span) => span.start <= found.index && found.index < span.end)) continue;
    for (const letter of found[0].toLowerCase()) {
      letters += letter;
      for (let unit = 0; unit < letter.length; unit += 1) at.push(found.index);
    }
  }
  return { letters, at };
}

/** The end of a sentence takes its full stop and closing marks along. */
function closing(text: string, end: number): number {
  return end + (/^[.!?:;)"”»'’\]]*/.exec(text.slice(end))?.[0].replace(/\[.*/, "").length ?? 0);
}

function slice(whole: string, part: Span, markers: Span[], identifiers: Span[], stands: Map<number, Span>): Piece[] {
  const all = [...markers, ...identifiers, ...stands.values()];
  const edges = new Set([part.start, part.end, ...all.flatMap(({ start, end }) => [start, end])]);
  const sorted = [...edges].filter((edge) => edge >= part.start && edge <= part.end).sort((a, b) => a - b);
  return sorted.slice(0, -1).map((start, place) => {
    const end = sorted[place + 1] ?? part.end;
    const inside = (span: Span) => span.start <= start && end <= span.end;
    const claim = [...stands].find(([, span]) => inside(span));
    const kind = markers.some(inside) ? "cite" : identifiers.some(inside) ? "id" : "text";
    return { kind, text: whole.slice(start, end), claim: claim?.[0] ?? null, ends: claim?.[1].end === end };
  });
}
