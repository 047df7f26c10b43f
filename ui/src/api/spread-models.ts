/** The JSON of what a network's history teaches, as docs/reference describes it. */

/** An asset that was found compromised on a day of an outbreak. */
export interface Incident {
  host: string;
  day: number;
  outbreak: string;
  cleaned: number | null;
}

export type ModelState = "champion" | "challenger" | "baseline" | "retired";

/** A model of the courses of outbreaks, with the metrics of its last backtest: `crps`, `wis`, `coverage80`, … */
export interface ForecastModel {
  id: string;
  network: string;
  kind: string;
  version: number;
  state: ModelState;
  made: string;
  metrics: Record<string, number>;
  lineage: Record<string, string>;
}

export interface Trained {
  models: ForecastModel[];
}

/** `ratio` of the CRPS of a kind of model to the champion's, with its 95 % interval. */
export interface BacktestRow {
  model: string;
  metrics: Record<string, number>;
  ratio: number;
  low: number;
  high: number;
  promotable: boolean;
}

/** Best first. `verdict` is a sentence. */
export interface Backtest {
  network: string;
  origins: number;
  rows: BacktestRow[];
  verdict: string;
}
