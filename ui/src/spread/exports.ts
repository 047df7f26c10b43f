import type { Asset, Containment, Forecast, WhatIf } from "../api";

type Cell = string | number | null;

/** RFC 4180. Text that a spreadsheet would take for a formula is quoted by an apostrophe (OWASP, CSV injection). */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

function cell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** One line for each host and day. */
export function hostsCsv({ hosts, days }: Forecast, assets: ReadonlyMap<string, Asset>): string {
  const rows = hosts.flatMap((risk) => {
    const asset = assets.get(risk.host);
    const about = [risk.host, asset?.name ?? "", asset?.group ?? "", asset?.criticality ?? null];
    return days.map((day, at) => [...about, day, risk.probability[at] ?? null, risk.low[at] ?? null, risk.high[at] ?? null]);
  });
  return csv([["host", "name", "group", "criticality", "day", "probability", "low95", "high95"], ...rows]);
}

/** One line for each day. */
export const foundCsv = ({ found, days, model }: Forecast): string =>
  csv([
    ["day", "found", "low80", "high80", "low95", "high95", "model"],
    ...found.map(({ mean, low80, high80, low95, high95 }, at) => [days[at] ?? null, mean, low80, high80, low95, high95, model]),
  ]);

export const nextCsv = ({ next }: Forecast): string => csv([["host", "probability"], ...next]);

export const changesCsv = ({ hosts }: WhatIf): string =>
  csv([["host", "before", "after", "change"], ...hosts.map(([host, before, after]) => [host, before, after, after - before])]);

export const measuresCsv = ({ measures, wish }: Containment): string =>
  csv([["order", "measure", "target", "gain", "cost"], ...measures.map((one, at) => [at + 1, wish.by === "host" ? "isolate" : "patch", one.target, one.gain, one.cost])]);
