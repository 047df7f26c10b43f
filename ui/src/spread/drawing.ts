import type { Asset, Forecast, Network } from "../api";
import { type Circle, place } from "./layout";

export interface DrawnHost {
  id: string;
  label: string;
  x: number;
  y: number;
  jewel: boolean;
}

export interface DrawnLink {
  source: string;
  target: string;
  /** It is one of those that carry most of the forecast. */
  carries: boolean;
}

export interface Drawing {
  hosts: DrawnHost[];
  links: DrawnLink[];
  groups: Circle[];
  /** How many hosts and links there was no room for. */
  left: { hosts: number; links: number };
}

/** How a host is shown at a moment. */
export interface Look {
  probability: number;
  entry: boolean;
  isolated: boolean;
}

/** What both renderers take. */
export interface MapProps {
  drawing: Drawing;
  look: (host: string) => Look;
  selected: string | null;
  scheme: "light" | "dark";
  onSelect: (host: string | null) => void;
  /** The pointer rests on a host, at a place of the map in pixels. */
  onHover: (over: { host: string; x: number; y: number } | null) => void;
  /** Given when it is drawn: its camera. */
  onReady: (camera: Camera) => void;
}

export interface Camera {
  zoom: (factor: number) => void;
  fit: () => void;
  /** The page scrolls over the map until somebody presses into it. */
  take: (wheel: boolean) => void;
}

/** Up to these a map is drawn with all shapes; beyond, as points on the graphics card. */
export const SMALL = 1500;
/** More jewels than these are named only when they are looked at. */
export const MOST_NAMED = 12;
const MOST = { small: { hosts: SMALL, links: 5_000 }, large: { hosts: 20_000, links: 40_000 } };

/** The network as a map. Where not all fits, the hosts at most risk stay; links that carry most come first. */
export function draw(network: Network, forecast: Forecast | null, entries: readonly string[], size: "small" | "large"): Drawing {
  const most = MOST[size];
  const assets = atMostRisk(network.assets, forecast, most.hosts);
  const shown = new Set(assets.map((asset) => asset.id));
  const within = network.links.filter(({ source, target }) => source !== target && shown.has(source) && shown.has(target));
  const { points, groups } = place(assets, within, entries);
  const jewels = jewelsOf(network, forecast);
  const hosts = assets.map((asset, at) => ({
    id: asset.id,
    label: asset.name || asset.id,
    x: points[at]?.x ?? 0,
    y: points[at]?.y ?? 0,
    jewel: jewels.has(asset.id),
  }));
  const links = new Map<string, DrawnLink>();
  for (const { source, target } of forecast?.rates ?? []) {
    if (shown.has(source) && shown.has(target)) links.set(`${source}\n${target}`, { source, target, carries: true });
  }
  for (const { source, target } of within) {
    const known = links.has(`${source}\n${target}`) || links.has(`${target}\n${source}`);
    if (!known) links.set(`${source}\n${target}`, { source, target, carries: false });
  }
  const left = { hosts: network.assets.length - assets.length, links: Math.max(0, links.size - most.links) };
  return { hosts, links: [...links.values()].slice(0, most.links), groups, left };
}

/** Those of the forecast, else those that the network calls so. */
export function jewelsOf(network: Network, forecast: Forecast | null): Set<string> {
  const told = forecast?.jewels.map((jewel) => jewel.host);
  return new Set(told?.length ? told : network.assets.filter((asset) => asset.criticality >= 1).map((asset) => asset.id));
}

function atMostRisk(assets: readonly Asset[], forecast: Forecast | null, most: number): readonly Asset[] {
  if (assets.length <= most) return assets;
  const risk = new Map(forecast?.hosts.map((one) => [one.host, one.probability.at(-1) ?? 0]));
  const worth = (asset: Asset) => (risk.get(asset.id) ?? 0) + asset.criticality;
  return [...assets].sort((one, other) => worth(other) - worth(one)).slice(0, most);
}
