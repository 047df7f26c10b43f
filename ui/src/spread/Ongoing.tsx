import { useTranslation } from "react-i18next";
import type { Forecast } from "../api";
import { Section } from "../parts/Section";
import { FanFigure } from "./FanFigure";
import { NextTable } from "./NextTable";
import classes from "./Spread.module.css";

interface Props {
  forecast: Forecast;
  day: number;
  onDay: (place: number) => void;
}

/** What past outbreaks say of one that goes on: how many hosts will have been found, and who is next. */
export function Ongoing({ forecast, day, onDay }: Props) {
  const { t } = useTranslation();
  const { found, next, model, scenario } = forecast;
  const days = forecast.days.slice(0, found.length);
  const both = found.length > 0 && next.length > 0;
  if (!found.length && !next.length) return null;
  return (
    <div className={both ? classes.pair : undefined}>
      {found.length > 0 && (
        <Section title={t("spread.found")}>
          <p className={classes.said}>{t("spread.foundBy", { model, outbreak: scenario.outbreak })}</p>
          {/* A model of counts looks less far than worlds are simulated. */}
          <FanFigure about="found" days={days} bands={found} day={Math.min(day, found.length - 1)} onDay={onDay} />
        </Section>
      )}
      {next.length > 0 && (
        <Section title={t("spread.next")}>
          <p className={classes.said}>{t("spread.nextBy")}</p>
          <NextTable next={next} />
        </Section>
      )}
    </div>
  );
}
