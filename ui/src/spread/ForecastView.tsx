import { useTranslation } from "react-i18next";
import type { Forecast, Network } from "../api";
import { Section } from "../parts/Section";
import { Actions } from "./Actions";
import { Explorer, useDay } from "./Explorer";
import { FanFigure } from "./FanFigure";
import { Headline } from "./Headline";
import { JewelTable } from "./JewelTable";
import { Ongoing } from "./Ongoing";
import { Reasons, Sentences } from "./Reasons";
import classes from "./Spread.module.css";

/** What a scenario leads to. */
export function ForecastView({ forecast, network }: { forecast: Forecast; network: Network }) {
  const { t } = useTranslation();
  const [day, setDay] = useDay(forecast.days);
  return (
    <>
      <Headline forecast={forecast} />
      <Explorer network={network} forecast={forecast} day={day} onDay={setDay} />
      <div className={classes.pair}>
        <Section title={t("spread.total")}>
          <FanFigure days={forecast.days} bands={forecast.total} day={day} onDay={setDay} />
        </Section>
        <Section title={t("spread.jewels")}>
          <JewelTable jewels={forecast.jewels} last={forecast.days.at(-1) ?? 0} />
          <Sentences title={t("spread.levers")} sentences={forecast.levers} />
        </Section>
      </div>
      <Ongoing forecast={forecast} day={day} onDay={setDay} />
      <Actions />
      <Reasons forecast={forecast} />
    </>
  );
}
