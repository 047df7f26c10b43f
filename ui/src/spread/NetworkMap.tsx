import { useComputedColorScheme } from "@mantine/core";
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Forecast, Network } from "../api";
import { IconAction } from "../parts/IconAction";
import { Loading } from "../parts/Loading";
import { type Camera, draw, type Look, SMALL } from "./drawing";
import { Legend } from "./Legend";
import classes from "./Map.module.css";
import { useNumbers } from "./useNumbers";
import { useSpread } from "./useSpread";

const SmallMap = lazy(() => import("./SmallMap"));
const LargeMap = lazy(() => import("./LargeMap"));

interface Props {
  network: Network;
  forecast: Forecast | null;
  /** Which of the forecast's days is shown. */
  day: number;
  /** Hosts that are shown as isolated, beside those of the scenario's changes. */
  cut?: readonly string[];
}

const NONE: readonly string[] = [];

/** The network, coloured by how probable it is that each host is compromised by a day. The same stands in the table. */
export function NetworkMap({ network, forecast, day, cut = NONE }: Props) {
  const { t } = useTranslation();
  const { share } = useNumbers();
  const scheme = useComputedColorScheme("light");
  const { draft, selected, select } = useSpread();
  const [over, setOver] = useState<{ host: string; x: number; y: number } | null>(null);
  const camera = useRef<Camera | null>(null);
  const large = network.assets.length > SMALL && drawsPoints();
  // Places stay as they are while hosts are chosen.
  const [entries] = useState(draft.sources);
  const drawing = useMemo(() => draw(network, forecast, entries, large ? "large" : "small"), [network, forecast, entries, large]);
  const risks = useMemo(() => new Map(forecast?.hosts.map((risk) => [risk.host, risk.probability])), [forecast]);
  const look = useCallback(
    (host: string): Look => ({
      probability: risks.get(host)?.[day] ?? 0,
      entry: draft.sources.includes(host),
      isolated: draft.changes.isolate.includes(host) || cut.includes(host),
    }),
    [risks, day, draft, cut],
  );
  const Map_ = large ? LargeMap : SmallMap;
  const labels = new Map(drawing.hosts.map(({ id, label }) => [id, label]));
  return (
    <div>
      <div
        className={classes.map}
        role="group"
        aria-label={t("spread.map", { count: network.assets.length })}
        onPointerDown={() => camera.current?.take(true)}
        onPointerLeave={() => {
          camera.current?.take(false);
          setOver(null);
        }}
      >
        <Suspense fallback={<Loading />}>
          <Map_ drawing={drawing} look={look} selected={selected} scheme={scheme} onSelect={select} onHover={setOver} onReady={(ready) => (camera.current = ready)} />
        </Suspense>
        {over && (
          <div className={classes.tip} style={{ left: over.x, top: over.y }}>
            <strong>{labels.get(over.host)}</strong> {forecast && share(look(over.host).probability)}
          </div>
        )}
        <div className={classes.tools}>
          <IconAction variant="default" icon="add" label={t("spread.zoomIn")} onClick={() => camera.current?.zoom(1.5)} />
          <IconAction variant="default" icon="minus" label={t("spread.zoomOut")} onClick={() => camera.current?.zoom(1 / 1.5)} />
          <IconAction variant="default" icon="fit" label={t("spread.fit")} onClick={() => camera.current?.fit()} />
        </div>
      </div>
      <Legend risks={forecast !== null} />
      {drawing.left.hosts > 0 && <p className={classes.note}>{t("spread.leftHosts", { count: drawing.left.hosts })}</p>}
      {drawing.left.links > 0 && <p className={classes.note}>{t("spread.leftLinks", { count: drawing.left.links })}</p>}
    </div>
  );
}

let points: boolean | undefined;

/** Whether the browser draws on the graphics card, or as if it had one. */
function drawsPoints(): boolean {
  points ??= document.createElement("canvas").getContext("webgl2") !== null;
  return points;
}
