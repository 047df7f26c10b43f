import type { Band } from "../api";

export interface Box {
  width: number;
  height: number;
}

export const MARGIN = { top: 12, right: 14, bottom: 34, left: 46 };

/** The next of 1, 2, 2.5, 5, 10, … that is not below; at least 1. */
export function roundUp(value: number): number {
  const wanted = Math.max(1, value);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= wanted * 0.999) ?? 10);
}

/** About `count` round steps from 0 to `most`. */
export function ticks(most: number, count: number): number[] {
  const step = roundUp(most / count >= 1 ? most / count : 1);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, at) => at * step);
}

export const highest = (bands: readonly Band[]): number => bands.reduce((most, band) => Math.max(most, band.high95), 0);

/** Days and hosts to places in the picture. */
export function scales({ width, height }: Box, lastDay: number, most: number) {
  const wide = Math.max(1, width - MARGIN.left - MARGIN.right);
  const high = Math.max(1, height - MARGIN.top - MARGIN.bottom);
  return {
    x: (day: number) => MARGIN.left + (wide * day) / Math.max(1, lastDay),
    y: (hosts: number) => MARGIN.top + high * (1 - hosts / Math.max(1e-9, most)),
  };
}

export type Scales = ReturnType<typeof scales>;

const point = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** The `d` of the area between the ends of an interval. */
export function area(days: readonly number[], bands: readonly Band[], { x, y }: Scales, which: "80" | "95"): string {
  const low = bands.map((band, at) => point(x(days[at] ?? 0), y(band[`low${which}`])));
  const high = bands.map((band, at) => point(x(days[at] ?? 0), y(band[`high${which}`])));
  return `M${[...high, ...low.reverse()].join("L")}Z`;
}

export const line = (days: readonly number[], bands: readonly Band[], { x, y }: Scales): string =>
  `M${bands.map((band, at) => point(x(days[at] ?? 0), y(band.mean))).join("L")}`;
