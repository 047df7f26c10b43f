import Graph from "graphology";
import { useEffect, useRef } from "react";
import Sigma from "sigma";
import type { Settings } from "sigma/settings";
import { type Drawing, type MapProps, MOST_NAMED, SMALL } from "./drawing";
import classes from "./Map.module.css";
import { colourOf, type Scheme, sizeOf, stepOf } from "./scale";

const INK = { light: "#1c2328", dark: "#eef2f4" };
const GROUND = { light: "#ffffff", dark: "#151b21" };
const FAINT = { light: "#edf1f2", dark: "#1f272e" };
/** Points have no edge of their own: the lowest step has to stand out from the links by itself. */
const UNLIKELY = { light: "#aab6be", dark: "#5a6771" };
const QUIET = { light: "#56626c", dark: "#a3adb6" };
const NEAR = { light: "#0f6f66", dark: "#75c0b9" };

/** A network of many hosts, as points that the graphics card draws; jewels and entries are larger and marked by name. */
export default function LargeMap({ drawing, look, selected, scheme, onSelect, onHover, onReady }: MapProps) {
  const box = useRef<HTMLDivElement>(null);
  const renderer = useRef<Sigma | null>(null);
  const shown = useRef({ look, selected, scheme });
  shown.current = { look, selected, scheme };
  const tell = useRef({ onSelect, onHover, onReady });
  tell.current = { onSelect, onHover, onReady };

  useEffect(() => {
    if (!box.current) return;
    const graph = graphOf(drawing);
    const few = drawing.hosts.filter(({ jewel }) => jewel).length <= MOST_NAMED;
    const crowd = Math.sqrt(Math.min(1, SMALL / drawing.hosts.length));
    const marked = new Map(drawing.hosts.map(({ id, jewel }) => [id, jewel]));
    const sigma: Sigma = new Sigma(graph, box.current, {
      ...colours(shown.current.scheme),
      defaultDrawNodeHover: () => undefined,
      labelRenderedSizeThreshold: 9,
      labelSize: 11,
      labelFont: "ui-sans-serif, system-ui, sans-serif",
      hideEdgesOnMove: true,
      zIndex: true,
      enableCameraZooming: false,
      minCameraRatio: 0.02,
      maxCameraRatio: 2,
      defaultDrawNodeLabel: (context, data) => written(context, data, shown.current.scheme),
      nodeReducer: (id, data) => {
        if (data.group) return { ...data, size: 0.1, color: GROUND[shown.current.scheme], forceLabel: true };
        const { probability, entry, isolated } = shown.current.look(id);
        const jewel = marked.get(id) === true;
        const chosen = id === shown.current.selected;
        const size = Math.max(1.6, (sizeOf(probability) * crowd) / 4) + (jewel || entry ? 3 : 0) + (chosen ? 4 : 0);
        const mark = entry ? "▲ " : jewel ? "◆ " : "";
        const { scheme: now } = shown.current;
        const colour = chosen ? NEAR[now] : isolated ? GROUND[now] : stepOf(probability) > 0 ? colourOf(probability, now) : UNLIKELY[now];
        return { ...data, size, color: colour, label: `${mark}${data.label}`, forceLabel: (jewel && few) || entry || chosen, zIndex: jewel || entry || chosen ? 3 : probability };
      },
      edgeReducer: (edge, data) => {
        const { scheme: now, selected: chosen } = shown.current;
        const near = chosen !== null && graph.hasExtremity(edge, chosen);
        if (near) return { ...data, color: NEAR[now], size: 1.5, zIndex: 2 };
        return { ...data, color: data.carries ? QUIET[now] : FAINT[now], size: data.carries ? 1.2 : 0.5, zIndex: data.carries ? 1 : 0 };
      },
    });
    renderer.current = sigma;
    sigma.on("clickNode", ({ node }) => tell.current.onSelect(node));
    sigma.on("clickStage", () => tell.current.onSelect(null));
    sigma.on("enterNode", ({ node }) => {
      const data = sigma.getNodeDisplayData(node);
      if (data) tell.current.onHover({ host: node, ...sigma.framedGraphToViewport(data) });
    });
    sigma.on("leaveNode", () => tell.current.onHover(null));
    const camera = sigma.getCamera();
    tell.current.onReady({
      zoom: (factor) => void camera.animatedZoom({ factor, duration: 120 }),
      fit: () => void camera.animatedReset({ duration: 120 }),
      take: (wheel) => void sigma.setSetting("enableCameraZooming", wheel),
    });
    return () => {
      renderer.current = null;
      sigma.kill();
    };
  }, [drawing]);

  useEffect(() => {
    renderer.current?.setSettings(colours(scheme));
    renderer.current?.refresh({ skipIndexation: true });
  }, [look, selected, scheme]);

  return <div ref={box} className={classes.canvas} aria-hidden="true" />;
}

const colours = (scheme: Scheme): Partial<Settings> => ({ labelColor: { color: INK[scheme] }, defaultEdgeColor: FAINT[scheme] });

type Label = { x: number; y: number; size: number; label: string | null; group?: boolean };

/** A name beside its host, that of a group over it; on whatever stands behind. */
function written(context: CanvasRenderingContext2D, data: Label, scheme: Scheme) {
  if (!data.label) return;
  const { group = false } = data;
  context.font = `${group ? "" : "600 "}11px ui-sans-serif, system-ui, sans-serif`;
  context.textAlign = group ? "center" : "left";
  const [x, y] = group ? [data.x, data.y - 4] : [data.x + data.size + 3, data.y + 4];
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = GROUND[scheme];
  context.strokeText(data.label, x, y);
  context.fillStyle = (group ? QUIET : INK)[scheme];
  context.fillText(data.label, x, y);
}

function graphOf({ hosts, links, groups }: Drawing): Graph {
  const graph = new Graph({ multi: true });
  // Upwards is down in the layout.
  for (const { id, label, x, y } of hosts) graph.addNode(id, { label, x, y: -y });
  for (const [at, { name, x, y, r }] of groups.entries()) graph.addNode(`group ${at}\n`, { label: name, x, y: r - y, group: true });
  for (const { source, target, carries } of links) graph.addEdge(source, target, { carries });
  return graph;
}
