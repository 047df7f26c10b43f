import { useTranslation } from "react-i18next";
import type { Forecast } from "../api";
import { Figures } from "./Figures";
import { useNumbers } from "./useNumbers";
import { useSpread } from "./useSpread";

const LIKELY = 0.5;

/** What a forecast says in four numbers. */
export function Headline({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const { assets } = useSpread();
  const total = forecast.total.at(-1);
  const active = forecast.active.at(-1);
  const last = numbers.day(forecast.days.at(-1) ?? 0);
  const likely = forecast.hosts.filter((risk) => (risk.probability.at(-1) ?? 0) >= LIKELY).length;
  const jewel = [...forecast.jewels].sort((one, other) => one.never - other.never)[0];
  const figures = [
    total && { label: t("spread.totalBy", { day: last }), value: numbers.hosts(total.mean), beside: t("spread.range80", { range: numbers.range80(total) }) },
    active && { label: t("spread.activeOn", { day: last }), value: numbers.hosts(active.mean), beside: t("spread.range80", { range: numbers.range80(active) }) },
    { label: t("spread.likely"), value: numbers.count(likely), beside: t("spread.ofHosts", { count: assets.size }) },
    jewel && {
      label: t("spread.jewelFalls", { name: assets.get(jewel.host)?.name || jewel.host }),
      value: numbers.share(1 - jewel.never),
      beside: t("spread.range95", { range: numbers.shares(1 - jewel.never_high, 1 - jewel.never_low) }),
    },
  ];
  return <Figures figures={figures.filter((figure) => figure !== undefined)} />;
}
