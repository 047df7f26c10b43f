import type { Asset, NetworkLink } from "../api";

export interface Point {
  x: number;
  y: number;
}

export interface Circle extends Point {
  name: string;
  r: number;
}

export interface Placed {
  /** As many as there are assets, in their order. */
  points: Point[];
  /** Around the hosts of each group; none where hosts have no groups. */
  groups: Circle[];
}

/** Between neighbours. */
const GAP = 34;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));
/** More groups than these stand in rows. */
const MOST_PACKED = 100;

/** Places for all hosts, the same at each call: by group where there are some, else in rings by how many links they are
 * away from `entries`. Takes time in proportion to hosts and links. */
export function place(assets: readonly Asset[], links: readonly NetworkLink[], entries: readonly string[]): Placed {
  const groups = new Map<string, number[]>();
  for (const [at, asset] of assets.entries()) {
    const members = groups.get(groupOf(asset));
    if (members) members.push(at);
    else groups.set(groupOf(asset), [at]);
  }
  const named = [...groups.keys()].filter(Boolean).length;
  return named > 1 ? byGroup(assets, groups) : { points: byDistance(assets, links, entries), groups: [] };
}

/** The group that a host is in: as the network says, else its /24. */
export function groupOf(asset: Asset): string {
  if (asset.group) return asset.group;
  const address = asset.addresses.find((one) => /^\d+\.\d+\.\d+\.\d+$/.test(one));
  return address ? `${address.split(".").slice(0, 3).join(".")}.0/24` : "";
}

function byGroup(assets: readonly Asset[], groups: Map<string, number[]>): Placed {
  const sorted = [...groups].sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1));
  const radii = sorted.map(([, members]) => GAP * (0.62 * Math.sqrt(members.length) + 0.9));
  const centres = sorted.length > MOST_PACKED ? inRows(radii) : packed(radii);
  const points: Point[] = assets.map(() => ({ x: 0, y: 0 }));
  const circles = sorted.map(([name, members], at): Circle => {
    const centre = centres[at] ?? { x: 0, y: 0 };
    for (const [turn, member] of members.entries()) {
      const reach = members.length === 1 ? 0 : GAP * 0.6 * Math.sqrt(turn + 0.4);
      points[member] = { x: centre.x + reach * Math.cos(turn * GOLDEN), y: centre.y + reach * Math.sin(turn * GOLDEN) };
    }
    return { ...centre, name, r: radii[at] ?? 0 };
  });
  return { points, groups: circles };
}

/** Centres of circles that do not touch, largest in the middle: each along a spiral, where it fits first; the whole is
 * wider than high, as screens are. */
function packed(radii: readonly number[]): Point[] {
  const centres: Point[] = [];
  const step = (0.12 * radii.reduce((sum, r) => sum + r, 0)) / radii.length;
  for (const r of radii) {
    for (let turn = 0; ; turn += 1) {
      const reach = step * Math.sqrt(turn);
      const centre = { x: 1.5 * reach * Math.cos(turn * GOLDEN), y: reach * Math.sin(turn * GOLDEN) };
      if (centres.every((other, at) => apart(centre, other) > r + (radii[at] ?? 0) + GAP * 1.5)) {
        centres.push(centre);
        break;
      }
    }
  }
  return centres;
}

const apart = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);

function inRows(radii: readonly number[]): Point[] {
  const width = 1.6 * Math.sqrt(radii.reduce((sum, r) => sum + (2 * r + GAP) ** 2, 0));
  let [x, y, height] = [0, 0, 0];
  return radii.map((r) => {
    if (x > width) [x, y, height] = [0, y + height + GAP, 0];
    height = Math.max(height, 2 * r);
    const centre = { x: x + r, y: y + r };
    x += 2 * r + GAP;
    return centre;
  });
}

/** Rings around the entries, or around the best connected host where there are none; beside those that they come from. */
function byDistance(assets: readonly Asset[], links: readonly NetworkLink[], entries: readonly string[]): Point[] {
  const at = new Map(assets.map((asset, index) => [asset.id, index]));
  const next: number[][] = assets.map(() => []);
  for (const { source, target } of links) {
    const [one, other] = [at.get(source), at.get(target)];
    if (one === undefined || other === undefined || one === other) continue;
    next[one]?.push(other);
    next[other]?.push(one);
  }
  const known = entries.map((entry) => at.get(entry)).filter((found) => found !== undefined);
  const busiest = next.reduce((best, all, index) => (all.length > (next[best]?.length ?? 0) ? index : best), 0);
  const rings = ringsFrom(known.length || !assets.length ? known : [busiest], next);
  const seen = new Set(rings.flat());
  const rest = assets.map((_, index) => index).filter((index) => !seen.has(index));
  const points: Point[] = assets.map(() => ({ x: 0, y: 0 }));
  let reach = 0;
  for (const ring of rest.length ? [...rings, rest] : rings) {
    reach = ring.length === 1 && reach === 0 ? 0 : Math.max(reach + 2.2 * GAP, (ring.length * GAP) / (2 * Math.PI));
    for (const [turn, host] of ring.entries()) {
      const angle = (2 * Math.PI * turn) / ring.length;
      points[host] = { x: 1.3 * reach * Math.cos(angle), y: reach * Math.sin(angle) };
    }
  }
  return points;
}

function ringsFrom(first: number[], next: readonly number[][]): number[][] {
  const seen = new Set(first);
  const rings: number[][] = [];
  for (let ring = [...seen]; ring.length; ) {
    rings.push(ring);
    const further: number[] = [];
    for (const host of ring) {
      for (const other of next[host] ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        further.push(other);
      }
    }
    ring = further;
  }
  return rings;
}
