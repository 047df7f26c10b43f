import type { Source } from "../api";

/** A passage of a stored document: `text[start:end]`, on `page` where there are pages. */
export type Place = Pick<Source, "document" | "title" | "page" | "start" | "end" | "quote">;

/** A document as a whole, with no passage in it. */
export const wholeDocument = (document: string, title: string): Source => ({
  id: "",
  document,
  title,
  source: "",
  page: 0,
  start: 0,
  end: 0,
  quote: "",
  score: 0,
});

export interface Span {
  start: number;
  end: number;
}

/** Where the passage stands in a text that may have changed since: at its offsets, else where the quote stands first,
 * else nowhere. */
export function locate(text: string, place: Place): Span | null {
  if (place.start >= place.end) return null;
  if (!place.quote || text.slice(place.start, place.end) === place.quote) return { start: place.start, end: place.end };
  const found = text.indexOf(place.quote);
  return found < 0 ? null : { start: found, end: found + place.quote.length };
}

/** The page of a document, at the passage where there is one. */
export function addressOf(place: Place): string {
  const address = `/documents/${encodeURIComponent(place.document)}`;
  return place.start < place.end ? `${address}?page=${place.page}&start=${place.start}&end=${place.end}` : address;
}
