import { useTranslation } from "react-i18next";
import type { Forecast } from "../api";
import { Section } from "../parts/Section";
import { RateTable } from "./RateTable";
import classes from "./Spread.module.css";
import { SpreadSources } from "./SpreadSources";
import { useNumbers } from "./useNumbers";

/** What all but the number of hosts found is worked out with. */
const MECHANISM = "mechanism";

/** Why a forecast says what it says: the links that carry most, what was taken for granted, where it stands. */
export function Reasons({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const { scenario, found, model, seconds } = forecast;
  return (
    <Section title={t("spread.reasons")}>
      <h3 className={classes.small}>{t("spread.rates")}</h3>
      <RateTable rates={forecast.rates} />
      <SpreadSources sources={forecast.sources} />
      <Sentences title={t("spread.assumptions")} sentences={forecast.assumptions} />
      <p className={classes.quiet}>
        {t("spread.made", { model: found.length ? MECHANISM : model || scenario.model, worlds: numbers.count(scenario.worlds), draws: numbers.count(scenario.draws), seed: scenario.seed, seconds: numbers.rate(seconds) })}
      </p>
    </Section>
  );
}

export function Sentences({ title, sentences }: { title: string; sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <>
      <h3 className={classes.small}>{title}</h3>
      <ul className={classes.sentences}>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </>
  );
}
