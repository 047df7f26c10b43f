/** The JSON of networks and of forecasts of spread, as docs/reference describes it. */

import type { Source } from "./types";

export interface Weakness {
  cve: string;
  port: number;
  vector: string | null;
  epss: number | null;
  kev: boolean | null;
}

export interface NetworkService {
  port: number;
  protocol: string;
  name: string;
  product: string;
  version: string;
}

/** `criticality` 0..1, 1 for a crown jewel; `recovery` is a rate (1/day). */
export interface Asset {
  id: string;
  name: string;
  kind: string;
  addresses: string[];
  group: string;
  criticality: number;
  services: NetworkService[];
  weaknesses: Weakness[];
  controls: string[];
  factor: number;
  recovery: number | null;
}

export interface NetworkLink {
  source: string;
  target: string;
  kind: "reach" | "credential";
  port: number;
  rate: number | null;
}

export interface Network {
  name: string;
  assets: Asset[];
  links: NetworkLink[];
  assumptions: string[];
}

export interface NetworkInfo {
  name: string;
  assets: number;
  links: number;
  weaknesses: number;
  jewels: number;
  digest: string;
  stored: string;
  readers: string[];
  incidents: number;
  assumptions: string[];
}

/** What a network is read from; the server sees by itself which format they have. */
export interface NewNetwork {
  name: string;
  files: { name: string; content: string; encoding?: "text" | "base64" }[];
}

export type SpreadModel = "SI" | "SIS" | "SIR" | "SEIR";
export type JobState = "waiting" | "running" | "done" | "failed" | "cancelled";
export type JobKind = "forecast" | "whatif" | "contain" | "train" | "backtest";

export interface Changes {
  isolate: string[];
  patch: string[];
  patch_from: number;
  patch_share: number;
  rates: [source: string, target: string, rate: number][];
}

export interface Scenario {
  network: string;
  sources: string[];
  cve: string;
  outbreak: string;
  days: number;
  model: SpreadModel;
  changes: Changes;
  worlds: number;
  draws: number;
  seed: number;
}

export interface Band {
  mean: number;
  low80: number;
  high80: number;
  low95: number;
  high95: number;
}

/** By day, 0..1, with the 95 % band. */
export interface HostRisk {
  host: string;
  probability: number[];
  low: number[];
  high: number[];
  sampling: number;
}

/** Days; null where it does not fall often enough within the forecast. */
export interface JewelTime {
  host: string;
  p10: number | null;
  median: number | null;
  never: number;
  never_low: number;
  never_high: number;
}

export interface RateLine {
  source: string;
  target: string;
  cve: string;
  rate: number;
  factors: [name: string, value: number][];
}

export interface Forecast {
  scenario: Scenario;
  days: number[];
  total: Band[];
  active: Band[];
  hosts: HostRisk[];
  jewels: JewelTime[];
  rates: RateLine[];
  assumptions: string[];
  levers: string[];
  sources: Source[];
  /** Of an outbreak that goes on: how many hosts will have been found by each of the first days, as the network's
   * champion `model` says. */
  found: Band[];
  /** Likewise: who is likely next, learned from past outbreaks alone. */
  next: [host: string, probability: number][];
  model: string;
  digest: string;
  seconds: number;
}

export interface WhatIf {
  before: Forecast;
  after: Forecast;
  saved: Band;
  hosts: [host: string, before: number, after: number][];
}

export interface ContainWish {
  scenario: Scenario;
  k: number;
  by: "host" | "cve";
  entries: boolean;
  forbidden: string[];
  costs: Record<string, number>;
  budget: number;
}

export interface Measure {
  target: string;
  gain: number;
  cost: number;
}

export interface Containment {
  wish: ContainWish;
  measures: Measure[];
  before: Band;
  after: Band;
  drop: Band;
  busiest: Band | null;
  assumptions: string[];
  digest: string;
  seconds: number;
}

export interface ForecastRequest {
  kind: JobKind;
  scenario: Scenario | null;
  wish: ContainWish | null;
  network: string;
}

/** `result` is a Forecast, WhatIf, Containment, Trained or Backtest as `request.kind` says, once it is done. */
export interface ForecastJob {
  id: string;
  state: JobState;
  asked: string;
  request: ForecastRequest;
  progress: { stage: string; done: number; total: number };
  result: unknown;
  error: string;
}

/** A scenario with as many worlds and draws as the server is set to, where they are null. */
export type ToldScenario = Omit<Scenario, "worlds" | "draws"> & { worlds: number | null; draws: number | null };

/** What is asked to be worked out; the server answers when it is done or after `wait_s` seconds. */
export type NewForecast =
  | ({ scenario: ToldScenario; wait_s: number } & ({ kind: "forecast" | "whatif" } | ({ kind: "contain" } & Omit<ContainWish, "scenario">)))
  | { kind: "train" | "backtest"; network: string; wait_s: number };
