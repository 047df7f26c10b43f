import type { Asset, Backtest, Band, Containment, Forecast, ForecastJob, ForecastModel, Incident, Me, Network, NetworkInfo, Scenario, Trained, WhatIf } from "../../src/api";
import { plainScenario } from "../../src/spread/scenario";
import { ANA } from "./people";
import { fakeServer, json, problem } from "./server";

const WEAK = { cve: "CVE-2021-44228", port: 443, vector: null, epss: 0.944, kev: true };

const asset = (id: string, group: string, more: Partial<Asset> = {}): Asset => ({
  id,
  name: "",
  kind: "host",
  addresses: [],
  group,
  criticality: 0,
  services: [],
  weaknesses: [],
  controls: [],
  factor: 1,
  recovery: null,
  ...more,
});

export const NETWORK: Network = {
  name: "office",
  assets: [
    asset("web-1", "dmz", { weaknesses: [WEAK], addresses: ["10.0.0.4"] }),
    asset("app-7", "servers", { name: "Payroll", criticality: 0.4, weaknesses: [WEAK, { ...WEAK, cve: "CVE-2020-1472", port: 0, epss: null, kev: null }] }),
    asset("db-1", "servers", { criticality: 1, controls: ["edr"] }),
    asset("pc-10", "floor"),
    asset("pc-9", "floor"),
  ],
  links: [
    { source: "web-1", target: "app-7", kind: "reach", port: 443, rate: null },
    { source: "app-7", target: "db-1", kind: "credential", port: 0, rate: null },
    { source: "app-7", target: "app-7", kind: "reach", port: 0, rate: null },
  ],
  assumptions: ["Two links were given twice and count once."],
};

const INFO: NetworkInfo = {
  name: "office",
  assets: 5,
  links: 3,
  weaknesses: 3,
  jewels: 1,
  digest: "d1",
  stored: "2026-11-20T10:00:00+00:00",
  readers: ["everyone"],
  incidents: 0,
  assumptions: [],
};

export const band = (mean: number): Band => ({ mean, low80: mean - 0.5, high80: mean + 0.5, low95: mean - 1, high95: mean + 1 });

/** By day 0 … 2: web-1 is compromised, app-7 by half, db-1 by a tenth; `less` of it after changes. */
export function forecastOf(scenario: Scenario, less = 1): Forecast {
  const rising = (most: number) => ({ probability: [0, most / 2, most], low: [0, most / 4, most / 2], high: [0, most, Math.min(1, most * 1.5)], sampling: 0.1 });
  return {
    scenario,
    days: [0, 1, 2],
    total: [band(1), band(1 + less), band(1 + 2 * less)],
    active: [band(1), band(1), band(1)],
    hosts: [
      { host: "web-1", probability: [1, 1, 1], low: [1, 1, 1], high: [1, 1, 1], sampling: 0 },
      { host: "app-7", ...rising(0.6 * less) },
      { host: "db-1", ...rising(0.1 * less) },
    ],
    jewels: [{ host: "db-1", p10: 1.5, median: null, never: 1 - 0.1 * less, never_low: 0.8, never_high: 0.97 }],
    rates: [{ source: "web-1", target: "app-7", cve: "CVE-2021-44228", rate: 1.997, factors: [["network", 0.85], ["KEV", 2]] }],
    assumptions: ["A cleaned host is not compromised again (SIR)."],
    levers: ["Isolating app-7 today: 2 hosts fewer (± 0.4)."],
    sources: [{ id: "s1", document: "d1", title: "CVE-2021-44228", source: "kev.json", page: 0, start: 0, end: 5, quote: "T1110", score: 1 }],
    found: scenario.outbreak ? [band(4), band(5)] : [],
    next: scenario.outbreak ? [["app-7", 0.31], ["db-1", 0.004]] : [],
    model: scenario.outbreak ? "mechanism-1" : "mechanism",
    digest: "d1",
    seconds: 0.2,
  };
}

function whatIf(scenario: Scenario): WhatIf {
  const [before, after] = [forecastOf({ ...scenario, changes: plainScenario("").changes }), forecastOf(scenario, 0.5)];
  return { before, after, saved: band(1), hosts: [["app-7", 0.6, 0.3], ["db-1", 0.1, 0.05], ["web-1", 1, 1]] };
}

const model = (kind: string, part: Partial<ForecastModel>): ForecastModel => ({
  id: kind.padEnd(32, "0"),
  network: "office",
  kind,
  version: 1,
  state: "challenger",
  made: "2026-11-22T09:00:00+00:00",
  metrics: { crps: 0.0989, wis: 0.0901, coverage80: 0.86, coverage95: 0.96 },
  lineage: { "bank seed": "1", "cut-off": "2026-10" },
  ...part,
});

const MODELS = [model("persistence", { state: "baseline", metrics: {} }), model("quantiles", {}), model("mechanism", { state: "champion" })];
const TRAINED: Trained = { models: MODELS.slice(1) };
const COMPARED: Backtest = {
  network: "office",
  origins: 57,
  rows: [
    { model: "quantiles", metrics: { crps: 0.0931, wis: 0.085, coverage80: 0.86, coverage95: 0.96 }, ratio: 0.9414, low: 0.8704, high: 0.9592, promotable: true },
    { model: "mechanism", metrics: { crps: 0.0989 }, ratio: 1, low: 1, high: 1, promotable: false },
  ],
  verdict: "quantiles can be promoted: CRPS 0.941 of that of mechanism (95 %: 0.870 to 0.959), and its bands hold.",
};

type Asked = { kind: ForecastJob["request"]["kind"]; scenario: Scenario; network?: string } & Partial<Containment["wish"]>;

function resultOf({ kind, scenario, ...rest }: Asked): unknown {
  if (kind === "train") return TRAINED;
  if (kind === "backtest") return COMPARED;
  if (kind === "forecast") return forecastOf(scenario);
  if (kind === "whatif") return whatIf(scenario);
  const wish = { k: 5, by: "host", entries: false, forbidden: [], costs: {}, budget: 0, ...rest, scenario } as Containment["wish"];
  const target = wish.by === "host" ? "app-7" : "CVE-2021-44228";
  return { wish, measures: [{ target, gain: 1.9, cost: 1 }], before: band(3), after: band(1), drop: band(2), busiest: null, assumptions: [], digest: "d1", seconds: 0.1 } satisfies Containment;
}

export const EDITOR: Partial<Me> = { sign_in: true, person: { ...ANA, role: "editor" } };

const USUAL: Scenario = { ...plainScenario("office"), sources: ["web-1"], worlds: 2000, draws: 20 };

/** A server that forecasts on the office's network at once; f1 is done. With `hold` jobs run until `finish` ends them. */
export function fakeSpread({ me = {}, hold = false }: { me?: Partial<Me>; hold?: boolean } = {}) {
  const jobs = new Map<string, ForecastJob>();
  let infos = [INFO];
  const incidents: Incident[] = [{ host: "web-1", day: 0, outbreak: "2026-03", cleaned: 2 }, { host: "app-7", day: 4.5, outbreak: "2026-03", cleaned: null }];
  /** What the network's own routes say of its history and its models. */
  const learned = (method: string, part: string, model: string, body: Record<string, unknown>): Response | undefined => {
    if (part === "models" && method === "GET") return json({ models: MODELS });
    if (part === "models") return body.force ? json(MODELS.find(({ id }) => id === model)) : problem(409, "Conflict", "The last backtest does not allow it to promote quantiles-1.");
    if (part !== "incidents") return undefined;
    const given = (body.incidents ?? []) as Incident[];
    if (given.some(({ host }) => host === "nobody")) return problem(400, "BadInput", "An incident is of nobody, which is no host of office.");
    incidents.push(...given);
    return json(method === "GET" ? { incidents } : { new: given.length });
  };
  const begin = (asked: Asked): Response => {
    if (asked.scenario?.sources.includes("nobody")) return problem(400, "BadInput", "nobody is no host of office.");
    const id = `f${jobs.size + 1}`;
    const result = resultOf(asked);
    const wish = asked.kind === "contain" ? (result as Containment).wish : null;
    const job: ForecastJob = {
      id,
      state: hold ? "running" : "done",
      asked: "2026-11-22T10:00:00+00:00",
      request: { kind: asked.kind, scenario: wish ? null : (asked.scenario ?? null), wish, network: asked.network ?? "" },
      progress: { stage: asked.kind === "train" ? "learning quantiles" : "worlds", done: 500, total: 2000 },
      result: hold ? null : result,
      error: "",
    };
    jobs.set(id, job);
    return json(job);
  };
  begin({ kind: "forecast", scenario: USUAL });
  const server = fakeServer((call, body) => {
    const [method = "", path = ""] = call.split(" ");
    const [, , what, id = "", part = "", model = ""] = path.split("?")[0]?.split("/") ?? [];
    if (what === "me") return json({ sign_in: false, person: null, registration: false, language_default: "", mail: false, training: "never", version: "1", roles: ["reader"], ...me });
    if (what === "networks" && part === "") {
      if (method === "POST") infos = [...infos, { ...INFO, name: String(body.name) }];
      if (method === "DELETE") infos = infos.filter((info) => info.name !== id);
      if (method === "DELETE") return new Response(null, { status: 204 });
      if (method !== "GET") return json({ ...INFO, name: String(body.name ?? id) });
      if (!id) return json({ networks: infos });
      return id === "office" ? json(NETWORK) : problem(404, "NotFound", "There is no such network.");
    }
    if (what === "networks") return learned(method, part, model, body);
    if (what !== "forecasts") return undefined;
    if (method === "POST") return begin(body as unknown as Asked);
    const job = jobs.get(id);
    if (!id) return json({ forecasts: [...jobs.values()].map((one) => ({ ...one, result: null })) });
    if (!job) return problem(404, "NotFound", "There is no such forecast.");
    if (method === "DELETE") jobs.delete(id);
    return method === "DELETE" ? new Response(null, { status: 204 }) : json(job);
  });
  const finish = (id: string, part: Partial<ForecastJob>) => {
    const job = jobs.get(id);
    if (job) jobs.set(id, { ...job, ...part });
  };
  return { ...server, jobs, finish };
}
