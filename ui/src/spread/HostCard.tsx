import { ActionIcon, Badge, Button, Switch } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Asset, Forecast, Weakness } from "../api";
import { IdentifierLink } from "../chat/IdentifierLink";
import { Icon } from "../parts/Icon";
import shared from "../parts/shared.module.css";
import { FanChart } from "./FanChart";
import { groupOf } from "./layout";
import classes from "./Spread.module.css";
import { useNumbers } from "./useNumbers";
import { toggled, useSpread } from "./useSpread";

interface Props {
  asset: Asset;
  forecast: Forecast | null;
  day: number;
}

/** A host: how probable it is by day, what is weak on it, how much it matters; and the switches of a what-if. */
export function HostCard({ asset, forecast, day }: Props) {
  const { t } = useTranslation();
  const { draft, change, select } = useSpread();
  const entry = draft.sources.includes(asset.id);
  const isolated = draft.changes.isolate.includes(asset.id);
  const card = useRef<HTMLElement>(null);
  // It may have been asked for from a table far below. Newer browsers return a promise, which is no clean-up.
  useEffect(() => void card.current?.scrollIntoView?.({ block: "nearest" }), []);
  return (
    <section ref={card} className={`${shared.box} ${classes.card}`} aria-label={t("spread.hostCard", { name: asset.name || asset.id })}>
      <div className={classes.cardHead}>
        <h3 className={shared.title} title={asset.id}>
          {asset.name || asset.id}
        </h3>
        {asset.criticality >= 1 && <Badge color="yellow">{t("spread.jewel")}</Badge>}
        {entry && <Badge variant="default">{t("spread.entry")}</Badge>}
        <ActionIcon aria-label={t("common.close")} onClick={() => select(null)}>
          <Icon name="close" size={16} />
        </ActionIcon>
      </div>
      <Facts asset={asset} />
      {forecast && <Course forecast={forecast} host={asset.id} day={day} />}
      <Weaknesses weaknesses={asset.weaknesses} switches={forecast !== null} />
      {forecast ? (
        <Switch
          label={t("spread.isolate")}
          checked={isolated}
          disabled={entry}
          onChange={(event) => change({ changes: { ...draft.changes, isolate: toggled(draft.changes.isolate, asset.id, event.currentTarget.checked) } })}
        />
      ) : (
        <Button size="xs" variant="light" leftSection={<Icon name={entry ? "minus" : "add"} size={14} />} onClick={() => change({ sources: toggled(draft.sources, asset.id, !entry) })}>
          {t(entry ? "spread.notEntry" : "spread.beginHere")}
        </Button>
      )}
    </section>
  );
}

function Facts({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const { rate } = useNumbers();
  const services = asset.services.map(({ port, protocol, name, product }) => `${port}/${protocol}${name || product ? ` ${product || name}` : ""}`);
  const facts: [string, ReactNode][] = [
    [t("spread.id"), asset.name && asset.name !== asset.id ? asset.id : ""],
    [t("spread.group"), groupOf(asset)],
    [t("spread.addresses"), asset.addresses.join(", ")],
    [t("spread.column.criticality"), rate(asset.criticality)],
    [t("spread.controls"), asset.controls.join(", ")],
    [t("spread.services"), services.join(", ")],
  ];
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value !== "")
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** The probability by day with its band. */
function Course({ forecast, host, day }: { forecast: Forecast; host: string; day: number }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const risk = forecast.hosts.find((one) => one.host === host);
  if (!risk) return <p className={classes.quiet}>{t("spread.notReached")}</p>;
  const bands = risk.probability.map((mean, at) => {
    const [low, high] = [risk.low[at] ?? mean, risk.high[at] ?? mean];
    return { mean, low80: low, high80: high, low95: low, high95: high };
  });
  const told = (at: number) =>
    t("spread.hostSaid", {
      day: numbers.day(forecast.days[at] ?? 0),
      share: numbers.share(risk.probability[at] ?? 0),
      range: numbers.shares(risk.low[at] ?? 0, risk.high[at] ?? 0),
    });
  return (
    <div>
      <p className={classes.said}>{told(day)}</p>
      <FanChart label={told(bands.length - 1)} days={forecast.days} bands={bands} most={1} height={120} share={numbers.share} day={day} />
    </div>
  );
}

function Weaknesses({ weaknesses, switches }: { weaknesses: Weakness[]; switches: boolean }) {
  const { t } = useTranslation();
  const { share } = useNumbers();
  const { draft, change } = useSpread();
  const { changes } = draft;
  if (weaknesses.length === 0) return <p className={classes.quiet}>{t("spread.noWeaknesses")}</p>;
  return (
    <div>
      <h4 className={classes.small}>{t("spread.weaknesses")}</h4>
      <ul className={`${shared.bare} ${classes.weaknesses}`}>
        {weaknesses.map(({ cve, port, epss, kev }) => (
          <li key={`${cve} ${port}`}>
            <span>
              <IdentifierLink value={cve} /> {port > 0 && <span className={classes.quiet}>{t("spread.port", { port })}</span>}{" "}
              {epss !== null && <span className={classes.quiet}>EPSS {share(epss)}</span>} {kev && <Badge size="xs" color="red">KEV</Badge>}
            </span>
            {switches && (
              <Switch
                size="xs"
                label={t("spread.patch")}
                aria-label={t("spread.patchOf", { cve })}
                checked={changes.patch.includes(cve)}
                onChange={(event) => change({ changes: { ...changes, patch: toggled(changes.patch, cve, event.currentTarget.checked) } })}
              />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
