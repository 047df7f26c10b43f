import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Forecast, Network } from "../api";
import { Section } from "../parts/Section";
import { DaySlider } from "./DaySlider";
import { HostCard } from "./HostCard";
import { HostTable } from "./HostTable";
import { NetworkMap } from "./NetworkMap";
import classes from "./Spread.module.css";
import { useSpread } from "./useSpread";

interface Props {
  network: Network;
  forecast: Forecast | null;
  day: number;
  onDay: (place: number) => void;
  aside?: ReactNode;
  /** Hosts that are shown as isolated. */
  cut?: readonly string[];
}

/** The map with its days at the left, its hosts as a table at the right. */
export function Explorer({ network, forecast, day, onDay, aside, cut }: Props) {
  const { t } = useTranslation();
  const { assets, selected } = useSpread();
  const asset = selected === null ? undefined : assets.get(selected);
  return (
    <Section title={t(forecast ? "spread.where" : "spread.network")} aside={aside}>
      <div className={classes.explorer}>
        <div>
          <NetworkMap network={network} forecast={forecast} day={day} {...(cut && { cut })} />
          {forecast && <DaySlider days={forecast.days} value={day} onChange={onDay} />}
        </div>
        <div className={classes.side}>
          {asset && <HostCard key={asset.id} asset={asset} forecast={forecast} day={day} />}
          <HostTable forecast={forecast} day={day} />
        </div>
      </div>
    </Section>
  );
}

/** The day that is looked at: the last one to begin with. */
export function useDay(days: readonly number[]) {
  const [day, setDay] = useState<number | null>(null);
  const last = Math.max(0, days.length - 1);
  return [Math.min(day ?? last, last), setDay] as const;
}
