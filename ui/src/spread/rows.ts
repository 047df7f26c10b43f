import type { Asset, HostRisk } from "../api";
import { groupOf } from "./layout";

export type HostColumn = "host" | "probability" | "criticality";

export interface HostSort {
  by: HostColumn;
  down: boolean;
}

export interface HostRow {
  id: string;
  name: string;
  group: string;
  criticality: number;
  probability: number;
  low: number;
  high: number;
}

interface Wanted {
  /** The place of the day. */
  day: number;
  words: string;
  sort: HostSort;
}

/** A host that no world reaches. */
const unrated = (host: string): HostRisk => ({ host, probability: [], low: [], high: [], sampling: 0 });

/** The hosts whose id, name, address or group hold all words, as they are on a day, in order: those at risk, and
 * those that no world reaches. */
export function hostRows(risks: readonly HostRisk[] | null, assets: ReadonlyMap<string, Asset>, { day, words, sort }: Wanted): HostRow[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  const held = (id: string, asset: Asset | undefined) => [id, asset?.name, asset?.group, ...(asset?.addresses ?? [])].join("\n").toLowerCase();
  const reached = new Set(risks?.map((risk) => risk.host));
  const others = [...assets.keys()].filter((id) => !reached.has(id)).map(unrated);
  const rows = [...(risks ?? []), ...others]
    .filter(({ host }) => parts.length === 0 || parts.every((part) => held(host, assets.get(host)).includes(part)))
    .map((risk): HostRow => {
      const asset = assets.get(risk.host);
      return {
        id: risk.host,
        name: asset?.name || risk.host,
        group: asset ? groupOf(asset) : "",
        criticality: asset?.criticality ?? 0,
        probability: risk.probability[day] ?? 0,
        low: risk.low[day] ?? 0,
        high: risk.high[day] ?? 0,
      };
    });
  const turn = sort.down ? -1 : 1;
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  const { by } = sort;
  return rows.sort((one, other) => {
    const first = by === "host" ? turn * compare(one.name, other.name) : turn * (one[by] - other[by]);
    return first || compare(one.name, other.name);
  });
}
