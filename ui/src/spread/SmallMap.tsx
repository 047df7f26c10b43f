import cytoscape, { type Core, type ElementDefinition, type StylesheetStyle } from "cytoscape";
import { useEffect, useRef } from "react";
import { type Drawing, type MapProps, MOST_NAMED } from "./drawing";
import classes from "./Map.module.css";
import { colourOf, type Scheme, sizeOf } from "./scale";

/** cytoscape writes a <style> element where none of this name is there, which the policy forbids; what would stand in it
 * stands in Map.module.css. */
const STYLE_ID = "__________cytoscape_stylesheet";
const NAME_PX = 11;
const PADDING = 26;
/** The zoom below which names would cover each other. */
const CROWDED = 0.3;
const MANY_LINKS = 1500;

/** A network with every host in a shape of its own: jewels are diamonds, entries triangles. */
export default function SmallMap({ drawing, look, selected, scheme, onSelect, onHover, onReady }: MapProps) {
  const box = useRef<HTMLDivElement>(null);
  const core = useRef<Core | null>(null);
  const fitting = useRef(false);
  const styled = useRef(scheme);
  const tell = useRef({ onSelect, onHover, onReady });
  tell.current = { onSelect, onHover, onReady };

  useEffect(() => {
    if (!box.current) return;
    const cy = drawn(box.current, drawing, styled.current);
    core.current = cy;
    cy.on("tap", (event) => tell.current.onSelect(event.target === cy || event.target.hasClass("group") ? null : event.target.id()));
    cy.on("mouseover", "node.host", ({ target }) => tell.current.onHover({ host: target.id(), ...target.renderedPosition() }));
    cy.on("mouseout viewport", () => tell.current.onHover(null));
    cy.on("zoom", () => named(cy));
    // Until somebody moves it, all of it is shown in whatever room there is.
    let moved = false;
    cy.on("pan zoom", () => (moved ||= !fitting.current));
    const fit = () => {
      fitting.current = true;
      cy.fit(undefined, PADDING);
      fitting.current = false;
    };
    cy.on("resize", () => moved || fit());
    fit();
    moved = false;
    tell.current.onReady({
      zoom: (factor) => void cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } }),
      fit: () => {
        fit();
        moved = false;
      },
      take: (wheel) => void cy.userZoomingEnabled(wheel),
    });
    return () => {
      core.current = null;
      cy.destroy();
    };
  }, [drawing]);

  useEffect(() => {
    if (styled.current !== scheme) core.current?.style(styles(scheme, drawing.links.length));
    styled.current = scheme;
  }, [drawing, scheme]);

  useEffect(() => {
    const cy = core.current;
    if (!cy) return;
    const few = drawing.hosts.filter((host) => host.jewel).length <= MOST_NAMED;
    cy.batch(() => {
      for (const { id, jewel } of drawing.hosts) {
        const { probability, entry, isolated } = look(id);
        const chosen = id === selected;
        const marked = jewel || entry || isolated;
        const is = { jewel, entry, isolated, chosen, named: chosen || (marked && (few || !jewel)), minor: jewel && !entry && !isolated && !chosen };
        const classes = ["host", ...Object.entries(is).flatMap(([name, on]) => (on ? [name] : []))].join(" ");
        const [colour, size] = [colourOf(probability, scheme), sizeOf(probability) * (marked ? 1.35 : 1)];
        // Most stay as they are from day to day.
        const host = cy.getElementById(id);
        if (host.data("colour") !== colour || host.data("size") !== size) host.data({ colour, size });
        if ((host.hasClass("named") && !is.named) || (host.hasClass("minor") && !is.minor)) host.removeStyle();
        if (host.data("shown") !== classes) host.classes(classes).data("shown", classes);
      }
      cy.edges(".near").removeClass("near");
      if (selected) cy.getElementById(selected).connectedEdges().addClass("near");
    });
    named(cy);
  }, [drawing, look, selected, scheme]);

  return <div ref={box} className={`${classes.canvas} __________cytoscape_container`} aria-hidden="true" />;
}

function drawn(container: HTMLElement, drawing: Drawing, scheme: Scheme): Core {
  if (!document.getElementById(STYLE_ID)) {
    const stand = document.createElement("meta");
    stand.id = STYLE_ID;
    document.head.append(stand);
  }
  return cytoscape({
    container,
    elements: elements(drawing),
    style: styles(scheme, drawing.links.length),
    layout: { name: "preset", fit: true, padding: PADDING },
    autoungrabify: true,
    boxSelectionEnabled: false,
    userZoomingEnabled: false,
    hideEdgesOnViewport: drawing.links.length > MANY_LINKS,
    minZoom: 0.05,
    maxZoom: 6,
  });
}

function elements({ hosts, links, groups }: Drawing): ElementDefinition[] {
  return [
    ...groups.map(({ name, x, y, r }, at) => ({ data: { id: `group ${at}\n`, label: name, size: 2 * r }, position: { x, y }, classes: "group" })),
    ...hosts.map(({ id, label, x, y }) => ({ data: { id, label, colour: "#888", size: 11 }, position: { x, y }, classes: "host" })),
    ...links.map(({ source, target, carries }) => ({ data: { source, target }, classes: carries ? "carries" : "" })),
  ];
}

/** Names keep their size on the screen. */
function named(cy: Core) {
  const [zoom, size] = [cy.zoom(), NAME_PX / cy.zoom()];
  cy.batch(() => {
    cy.nodes(".named").style("font-size", size);
    cy.nodes(".minor").style("text-opacity", zoom < CROWDED ? 0 : 1);
    cy.nodes(".group").style("font-size", Math.min(size, NAME_PX / CROWDED));
  });
}

function styles(scheme: Scheme, links: number): StylesheetStyle[] {
  const dark = scheme === "dark";
  const [ink, ground, line] = dark ? ["#eef2f4", "#151b21", "#6f7c87"] : ["#1c2328", "#ffffff", "#7a868f"];
  return [
    {
      selector: "node",
      style: { label: "data(label)", color: ink, "font-size": 9, "min-zoomed-font-size": 9, "text-valign": "bottom", "text-margin-y": 3 },
    },
    {
      selector: ".group",
      style: {
        width: "data(size)",
        height: "data(size)",
        events: "no",
        "z-index-compare": "manual",
        "z-index": 0,
        "background-color": dark ? "#1d252c" : "#f3f6f7",
        "border-width": 1,
        "border-color": dark ? "#2d363e" : "#dde3e6",
        "text-valign": "top",
        "text-margin-y": -2,
        color: dark ? "#a3adb6" : "#56626c",
        "min-zoomed-font-size": 0,
      },
    },
    {
      selector: ".host",
      style: {
        width: "data(size)",
        height: "data(size)",
        "z-index-compare": "manual",
        "z-index": 3,
        "background-color": "data(colour)",
        "border-width": 1.5,
        "border-color": line,
      },
    },
    { selector: "edge", style: { width: 1, "line-color": line, opacity: Math.min(0.3, Math.max(0.04, 200 / links)), "curve-style": "haystack", "z-index-compare": "manual", "z-index": 1 } },
    {
      selector: ".carries, .near",
      style: { width: 2, opacity: 0.85, "curve-style": "straight", "target-arrow-shape": "triangle", "target-arrow-color": line, "arrow-scale": 0.8, "z-index": 2 },
    },
    { selector: ".near", style: { "line-color": dark ? "#75c0b9" : "#0f6f66", "target-arrow-color": dark ? "#75c0b9" : "#0f6f66" } },
    { selector: ".jewel", style: { shape: "diamond", "border-width": 2.5, "border-color": ink } },
    { selector: ".entry", style: { shape: "triangle", "border-width": 2.5, "border-color": ink } },
    { selector: ".isolated", style: { "border-style": "dashed", "border-width": 3, "border-color": ink } },
    {
      selector: ".named",
      style: { "min-zoomed-font-size": 0, "font-weight": 600, "text-outline-color": ground, "text-outline-width": 2, "z-index": 5 },
    },
    { selector: ".chosen", style: { "underlay-color": dark ? "#75c0b9" : "#0f6f66", "underlay-opacity": 0.5, "underlay-padding": 8, "z-index": 6 } },
  ];
}
