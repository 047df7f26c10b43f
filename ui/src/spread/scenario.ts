import type { Changes, ForecastJob, Scenario, SpreadModel, ToldScenario } from "../api";

export const MODELS: readonly SpreadModel[] = ["SIR", "SI", "SIS", "SEIR"];
export const LONGEST_DAYS = 365;
export const NO_CHANGES: Changes = { isolate: [], patch: [], patch_from: 0, patch_share: 1, rates: [] };

/** The scenario that a form begins with; 0 worlds and draws are as many as the server is set to. */
export const plainScenario = (network: string): Scenario => ({
  network,
  sources: [],
  cve: "",
  outbreak: "",
  days: 7,
  model: "SIR",
  changes: NO_CHANGES,
  worlds: 0,
  draws: 0,
  seed: 1,
});

export const isChanged = ({ isolate, patch, rates }: Changes): boolean => isolate.length + patch.length + rates.length > 0;

/** As the server takes it. */
export const told = (scenario: Scenario): ToldScenario => ({ ...scenario, worlds: scenario.worlds || null, draws: scenario.draws || null });

/** Whether a person is waiting for it. */
export const isOpen = (job: ForecastJob): boolean => job.state === "waiting" || job.state === "running";

/** The scenario of a job; null for jobs about models. */
export const scenarioOf = (job: ForecastJob): Scenario | null => job.request.wish?.scenario ?? job.request.scenario;

/** A scenario as the query of an address: whoever opens it elsewhere can work out the same. */
export function addressed(scenario: Scenario): string {
  const usual = plainScenario(scenario.network);
  const query = new URLSearchParams();
  for (const host of scenario.sources) query.append("from", host);
  for (const key of ["cve", "outbreak"] as const) if (scenario[key]) query.set(key, scenario[key]);
  query.set("days", String(scenario.days));
  for (const key of ["model", "worlds", "draws", "seed"] as const) if (scenario[key] !== usual[key]) query.set(key, String(scenario[key]));
  const { isolate, patch, patch_from, patch_share } = scenario.changes;
  for (const host of isolate) query.append("isolate", host);
  for (const cve of patch) query.append("patch", cve);
  if (patch.length && patch_from) query.set("patch_from", String(patch_from));
  if (patch.length && patch_share !== 1) query.set("patch_share", String(patch_share));
  return query.toString();
}

/** The scenario that an address tells of; what it leaves out, or garbles, is as usual. */
export function scenarioIn(network: string, query: URLSearchParams): Scenario {
  const usual = plainScenario(network);
  const number = (key: string, other: number, least: number, most: number) => {
    const given = Number(query.get(key) ?? Number.NaN);
    return given >= least && given <= most ? given : other;
  };
  const model = query.get("model") as SpreadModel;
  return {
    ...usual,
    sources: query.getAll("from"),
    cve: query.get("cve") ?? "",
    outbreak: query.get("outbreak") ?? "",
    days: Math.round(number("days", usual.days, 1, LONGEST_DAYS)),
    model: MODELS.includes(model) ? model : usual.model,
    worlds: Math.round(number("worlds", 0, 1, 100_000)),
    draws: Math.round(number("draws", 0, 1, 500)),
    seed: Math.round(number("seed", usual.seed, 0, Number.MAX_SAFE_INTEGER)),
    changes: {
      ...NO_CHANGES,
      isolate: query.getAll("isolate"),
      patch: query.getAll("patch"),
      patch_from: number("patch_from", 0, 0, LONGEST_DAYS),
      patch_share: number("patch_share", 1, 0, 1),
    },
  };
}

export const networkAddress = (network: string): string => `/spread/${encodeURIComponent(network)}`;

export const modelsAddress = (network: string): string => `${networkAddress(network)}/models`;

/** Where a job is asked for, with what it was asked for. */
export function askedAddress(job: ForecastJob): string {
  const scenario = scenarioOf(job);
  return scenario ? `${networkAddress(scenario.network)}?${addressed(scenario)}` : modelsAddress(job.request.network);
}

export function jobAddress(job: ForecastJob): string {
  const scenario = scenarioOf(job);
  const id = encodeURIComponent(job.id);
  return scenario ? `${networkAddress(scenario.network)}/${id}?${addressed(scenario)}` : `${modelsAddress(job.request.network)}/${id}`;
}
