import { describe, expect, it } from "vitest";
import { costsIn, costsText } from "../src/spread/costs";
import { draw } from "../src/spread/drawing";
import { changesCsv, csv, hostsCsv } from "../src/spread/exports";
import { area, roundUp, scales, ticks } from "../src/spread/fan";
import { incidentsIn } from "../src/spread/incidents";
import { groupOf, place } from "../src/spread/layout";
import { hostRows } from "../src/spread/rows";
import { colourOf, sizeOf, stepOf } from "../src/spread/scale";
import { addressed, plainScenario, scenarioIn, told } from "../src/spread/scenario";
import { band, forecastOf, NETWORK } from "./fakes/spread";

const ASSETS = new Map(NETWORK.assets.map((asset) => [asset.id, asset]));
const SCENARIO = { ...plainScenario("office"), sources: ["web-1"] };
const FORECAST = forecastOf(SCENARIO);
const hosts = (count: number, group: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => ({ ...(NETWORK.assets[0] as (typeof NETWORK.assets)[number]), id: `h${at}`, group: group(at), addresses: [] }));

describe("a scenario's address", () => {
  it("brings back the same scenario", () => {
    const changes = { isolate: ["db-1", "a&b=c"], patch: ["CVE-2020-1472"], patch_from: 2, patch_share: 0.25, rates: [] };
    const whole = { ...SCENARIO, cve: "CVE-2021-44228", days: 30, model: "SEIR" as const, worlds: 500, draws: 5, seed: 7, changes };
    expect(scenarioIn("office", new URLSearchParams(addressed(whole)))).toEqual(whole);
    expect(addressed(SCENARIO)).toBe("from=web-1&days=7");
  });
  it("is as usual where it is garbled", () => {
    const found = scenarioIn("office", new URLSearchParams("from=web-1&days=-4&model=XX&worlds=1e99&seed=no&patch_share=7"));
    expect(found).toEqual(SCENARIO);
  });
  it("leaves to the server how many worlds there are, where nobody says it", () => {
    expect(told(SCENARIO)).toMatchObject({ worlds: null, draws: null });
    expect(told({ ...SCENARIO, worlds: 90 }).worlds).toBe(90);
  });
});

describe("the places on the map", () => {
  it("keep hosts apart, and groups from each other, the same each time", () => {
    const assets = hosts(500, (at) => `g${at % 13}`);
    const { points, groups } = place(assets, [], []);
    expect(place(assets, [], [])).toEqual({ points, groups });
    expect(groups).toHaveLength(13);
    for (const [at, one] of groups.entries()) {
      for (const other of groups.slice(at + 1)) expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(one.r + other.r);
    }
    let nearest = Number.POSITIVE_INFINITY;
    for (const [at, one] of points.entries()) for (const other of points.slice(at + 1)) nearest = Math.min(nearest, Math.hypot(one.x - other.x, one.y - other.y));
    expect(nearest).toBeGreaterThan(15);
    for (const [at, asset] of assets.entries()) {
      const circle = groups.find((group) => group.name === asset.group);
      expect(Math.hypot((points[at]?.x ?? 1e9) - (circle?.x ?? 0), (points[at]?.y ?? 1e9) - (circle?.y ?? 0))).toBeLessThan(circle?.r ?? 0);
    }
  });
  it("are rings around the entries without groups, those that nothing leads to outermost", () => {
    const assets = hosts(4, () => "");
    const link = (source: string, target: string) => ({ source, target, kind: "reach" as const, port: 0, rate: null });
    const { points, groups } = place(assets, [link("h1", "h0"), link("h1", "h2")], ["h1"]);
    const far = points.map(({ x, y }) => Math.hypot(x, y));
    expect(groups).toEqual([]);
    expect(far[1]).toBe(0);
    expect(Math.min(far[0] ?? 0, far[2] ?? 0)).toBeGreaterThan(10);
    expect(far[3]).toBeGreaterThan(Math.max(far[0] ?? 0, far[2] ?? 0));
    expect(place([], [], []).points).toEqual([]);
  });
  it("take the /24 for a group where none is named", () => {
    expect(groupOf({ ...(NETWORK.assets[0] as (typeof NETWORK.assets)[number]), group: "", addresses: ["fe80::1", "10.1.2.3"] })).toBe("10.1.2.0/24");
  });
  it("are had in less than a second for 20,000 hosts", () => {
    for (const groups of [100, 300]) {
      const assets = hosts(20_000, (at) => `g${at % groups}`);
      const begun = process.cpuUsage();
      place(assets, [], []);
      expect(process.cpuUsage(begun).user / 1e6, `${groups} groups`).toBeLessThan(1);
    }
  });
});

describe("the drawing", () => {
  it("has each link once, those that carry most marked, none to itself", () => {
    const { hosts: drawn, links } = draw(NETWORK, FORECAST, ["web-1"], "small");
    expect(links).toEqual([
      { source: "web-1", target: "app-7", carries: true },
      { source: "app-7", target: "db-1", carries: false },
    ]);
    expect(drawn.filter((host) => host.jewel).map((host) => host.id)).toEqual(["db-1"]);
    expect(drawn.map((host) => host.label)).toEqual(["web-1", "Payroll", "db-1", "pc-10", "pc-9"]);
  });
  it("keeps those at most risk where not all have room", () => {
    const assets = [...hosts(1600, () => ""), ...NETWORK.assets];
    const { hosts: drawn, left } = draw({ ...NETWORK, assets }, FORECAST, [], "small");
    expect(left.hosts).toBe(105);
    expect(drawn.slice(0, 3).map((host) => host.id).sort()).toEqual(["app-7", "db-1", "web-1"]);
  });
});

describe("the scale", () => {
  it("has a step for each probability, larger and of another colour", () => {
    expect([0, 0.009, 0.01, 0.3, 0.5, 1].map(stepOf)).toEqual([0, 0, 1, 3, 4, 5]);
    expect(new Set([0, 0.05, 0.2, 0.3, 0.6, 1].map((share) => colourOf(share, "dark"))).size).toBe(6);
    expect(sizeOf(1)).toBeGreaterThan(2 * sizeOf(0));
  });
  it("grows lighter on black and darker on white at each step, for whoever sees no hues", () => {
    const light = (colour: string) => {
      const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => (Number.parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const steps = (scheme: "light" | "dark") => [0.05, 0.2, 0.3, 0.6, 1].map((share) => light(colourOf(share, scheme)));
    expect(steps("dark")).toEqual([...steps("dark")].sort((one, other) => one - other));
    expect(steps("light")).toEqual([...steps("light")].sort((one, other) => other - one));
  });
});

describe("the fan", () => {
  it("has round numbers on its axes", () => {
    expect([0, 1, 3.2, 11, 26, 999, 1000].map(roundUp)).toEqual([1, 1, 5, 20, 50, 1000, 1000]);
    expect(ticks(50, 4)).toEqual([0, 20, 40]);
    expect(ticks(7, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
  it("lies between its ends", () => {
    const to = scales({ width: 100, height: 100 }, 1, 4);
    expect(area([0, 1], [band(1), band(2)], to, "95")).toMatch(/^M46\.0 .+L86\.0 25\.5L86\.0 52\.5L46\.0 66\.0Z$/);
  });
});

describe("the rows of hosts", () => {
  const rows = (words: string, by: "host" | "probability" | "criticality", down: boolean) => hostRows(FORECAST.hosts, ASSETS, { day: 2, words, sort: { by, down } }).map((row) => row.id);
  it("are sorted, with those that no world reaches, and numbers as numbers", () => {
    expect(rows("", "probability", true)).toEqual(["web-1", "app-7", "db-1", "pc-9", "pc-10"]);
    expect(rows("", "host", false)).toEqual(["db-1", "app-7", "pc-9", "pc-10", "web-1"]);
    expect(rows("", "criticality", true)[0]).toBe("db-1");
  });
  it("hold all words, in id, name, address or group", () => {
    expect(rows("pay servers", "host", false)).toEqual(["app-7"]);
    expect(rows("10.0.0.4", "host", false)).toEqual(["web-1"]);
    expect(rows("nothing", "host", false)).toEqual([]);
  });
});

describe("exports", () => {
  it("have one line for each host and day, with the band", () => {
    const lines = hostsCsv(FORECAST, ASSETS).split("\r\n");
    expect(lines[0]).toBe("host,name,group,criticality,day,probability,low95,high95");
    expect(lines).toContain("app-7,Payroll,servers,0.4,2,0.6,0.3,0.8999999999999999");
    expect(lines).toHaveLength(1 + 3 * 3 + 1);
  });
  it("hold no formulas, and quote what has to be", () => {
    expect(csv([["=cmd|'/c calc'!A1", '-x, "y"', -1, null]])).toBe("'=cmd|'/c calc'!A1,\"'-x, \"\"y\"\"\",-1,\r\n");
  });
  it("say what changes", () => {
    const result = { before: FORECAST, after: FORECAST, saved: band(1), hosts: [["a", 0.5, 0.25]] as [string, number, number][] };
    expect(changesCsv(result)).toBe("host,before,after,change\r\na,0.5,0.25,-0.25\r\n");
  });
});

describe("costs that are typed", () => {
  it("are read from lines in several ways; others are told apart", () => {
    expect(costsIn("db-1 3\nweb 1: 2.5\n\nCVE-2020-1472 = 1,5\nnothing")).toEqual({ costs: { "db-1": 3, "web 1": 2.5, "CVE-2020-1472": 1.5 }, wrong: ["nothing"] });
    expect(costsIn(costsText({ a: 2, "b c": 0.5 })).costs).toEqual({ a: 2, "b c": 0.5 });
  });
});

describe("incidents in a CSV", () => {
  it("are read with quotes, other separators, other names of columns and a mark at the beginning", () => {
    const found = incidentsIn('\uFEFFAsset;Day;Case;note\r\n"web ""1""";0;"a;b";x\r\n\r\ndb-1;1.5;"a;b";"two\r\nlines"');
    expect(found).toEqual({
      incidents: [{ host: 'web "1"', day: 0, outbreak: "a;b", cleaned: null }, { host: "db-1", day: 1.5, outbreak: "a;b", cleaned: null }],
      columns: true,
      wrong: [],
    });
  });
  it("count dates from the first of their outbreak", () => {
    const { incidents, wrong } = incidentsIn("host,date,outbreak,cleaned\nb,2026-03-03 12:00,x,2026-03-04\na,2026-03-02,x,\nc,2026-03-02T23:00-01:00,y,\n");
    expect(wrong).toEqual([]);
    expect(incidents.map(({ host, day, cleaned }) => [host, day, cleaned])).toEqual([["b", 1.5, 2], ["a", 0, null], ["c", 0, null]]);
  });
  it("tell the lines that do not fit", () => {
    expect(incidentsIn("host,day,cleaned\na,1,\n,2,\nb,,\nc,2026-99-99,\nd,2,never\n").wrong).toEqual([3, 4, 5, 6]);
    expect(incidentsIn("host,day\na,1\nb,2026-03-02\n").wrong).toEqual([2]);
    expect(incidentsIn("who,when\na,1\n").columns).toBe(false);
    expect(incidentsIn("").columns).toBe(false);
  });
});
