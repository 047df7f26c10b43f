/** Lower ends of the steps of probability. */
export const STEPS = [0, 0.01, 0.1, 0.25, 0.5, 0.75] as const;

/** Each step stands out more from the ground than the one before it, also to whoever sees no hues: lightness falls on
 * white (after ColorBrewer's YlOrBr) and rises on black (after matplotlib's inferno). */
const COLOURS = {
  light: ["#dde3e6", "#fee391", "#fdb53c", "#ee7d14", "#c2480c", "#732400"],
  dark: ["#46525c", "#74307a", "#b13a69", "#e25b3a", "#f8951d", "#fbe07a"],
} as const;

export type Scheme = keyof typeof COLOURS;

export const stepOf = (probability: number): number => STEPS.findLastIndex((from) => probability >= from);

export const colourOf = (probability: number, scheme: Scheme): string => COLOURS[scheme][Math.max(0, stepOf(probability))] ?? COLOURS[scheme][0];

export const colourOfStep = (step: number, scheme: Scheme): string => COLOURS[scheme][step] ?? COLOURS[scheme][0];

/** The width of a host on the map, in the units of its layout. */
export const sizeOf = (probability: number): number => 11 + 17 * Math.sqrt(Math.max(0, probability));
