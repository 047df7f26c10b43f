import type { Incident } from "../api";

/** Names that a column may have, as the server knows them in files. */
const NAMES = {
  host: ["host", "asset", "id", "name", "address", "ip"],
  day: ["day", "time", "date", "compromised", "detected", "first_seen"],
  outbreak: ["outbreak", "campaign", "incident", "case"],
  cleaned: ["cleaned", "recovered", "closed", "clean"],
};
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
const MS_A_DAY = 86_400_000;

export interface ReadIncidents {
  incidents: Incident[];
  /** It has columns for host and day. */
  columns: boolean;
  /** Numbers of lines that are none of it: without host, or without a day that is a number or a date. */
  wrong: number[];
}

/** The incidents in a CSV. Dates become days since the first one of their outbreak; without a zone they are UTC. */
export function incidentsIn(text: string): ReadIncidents {
  const [head, ...lines] = table(text.replace(/^\uFEFF/, ""));
  const named = (head?.cells ?? []).map((name) => name.toLowerCase());
  const place = (which: keyof typeof NAMES) => named.findIndex((name) => NAMES[which].includes(name));
  const [host, day, outbreak, cleaned] = [place("host"), place("day"), place("outbreak"), place("cleaned")];
  if (host < 0 || day < 0) return { incidents: [], columns: false, wrong: [] };
  const rows = lines.map(({ cells, line }) => ({
    line,
    host: cells[host] ?? "",
    outbreak: cells[outbreak] ?? "",
    day: timeIn(cells[day] ?? ""),
    cleaned: cells[cleaned] ? timeIn(cells[cleaned]) : null,
  }));
  const began = new Map<string, number>();
  for (const row of rows) if (row.day?.moment) began.set(row.outbreak, Math.min(row.day.at, began.get(row.outbreak) ?? Number.POSITIVE_INFINITY));
  const incidents: Incident[] = [];
  const wrong: number[] = [];
  for (const row of rows) {
    const start = began.get(row.outbreak);
    const fits = (time: Time | null | undefined) => time && time.moment === (start !== undefined);
    const since = (time: Time) => Math.round((time.at - (start ?? 0)) * 1e6) / 1e6;
    if (!row.host || !row.day || !fits(row.day) || (row.cleaned !== null && !fits(row.cleaned))) wrong.push(row.line);
    else incidents.push({ host: row.host, day: since(row.day), outbreak: row.outbreak, cleaned: row.cleaned ? since(row.cleaned) : null });
  }
  return { incidents, columns: true, wrong };
}

interface Time {
  /** In days: since 1970 if it is a moment. */
  at: number;
  moment: boolean;
}

/** Undefined where it is no time at all. */
function timeIn(text: string): Time | undefined {
  if (NUMBER.test(text)) return { at: Number(text), moment: false };
  const [found, zone] = DATE.exec(text) ?? [];
  if (!found) return undefined;
  const at = Date.parse(found.length === 10 ? found : found.replace(" ", "T") + (zone ? "" : "Z"));
  return Number.isNaN(at) ? undefined : { at: at / MS_A_DAY, moment: true };
}

interface Line {
  cells: string[];
  line: number;
}

/** RFC 4180, and with the separator of spreadsheets elsewhere; empty lines are left out. */
function table(text: string): Line[] {
  const first = text.split("\n", 1)[0] ?? "";
  const separator = [",", ";", "\t"].reduce((best, one) => (first.split(one).length > first.split(best).length ? one : best));
  const lines: Line[] = [];
  let [cell, cells, quoted, line, from] = ["", [] as string[], false, 1, 1];
  const end = () => {
    cells.push(cell.trim());
    if (cells.some(Boolean)) lines.push({ cells, line: from });
    [cell, cells, from] = ["", [], line + 1];
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] as string;
    if (quoted && sign === '"' && text[at + 1] === '"') cell += text[++at];
    else if (sign === '"' && (quoted || cell === "")) quoted = !quoted;
    else if (sign === separator && !quoted) {
      cells.push(cell.trim());
      cell = "";
    } else if (sign === "\n" && !quoted) {
      end();
      line += 1;
    } else cell += sign;
    if (sign === "\n" && quoted) line += 1;
  }
  end();
  return lines;
}
