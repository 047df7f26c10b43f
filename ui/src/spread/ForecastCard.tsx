import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Forecast } from "../api";
import { Icon } from "../parts/Icon";
import shared from "../parts/shared.module.css";
import { KEYS } from "../queries";
import classes from "./ForecastCard.module.css";
import { FanChart } from "./FanChart";
import { addressed, networkAddress } from "./scenario";
import { useNumbers } from "./useNumbers";

/** The forecast that an answer carries: its fan, and the way to its page. */
export default function ForecastCard({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const numbers = useNumbers();
  const band = forecast.total.at(-1);
  const address = `${networkAddress(forecast.scenario.network)}?${addressed(forecast.scenario)}`;
  const told = band
    ? t("spread.fanSaid", { day: numbers.day(forecast.days.at(-1) ?? 0), mean: numbers.hosts(band.mean), range80: numbers.range80(band), range95: numbers.range95(band) })
    : "";
  return (
    <figure className={`${shared.box} ${classes.card}`}>
      <figcaption className={classes.head}>
        <span>{t("spread.total")}</span>
        {/* The page shows this very forecast; loaded anew, or elsewhere, it has the scenario to be run. */}
        <Button component={Link} to={address} onClick={() => queries.setQueryData(KEYS.answered(address), forecast)} size="compact-sm" variant="subtle" rightSection={<Icon name="chevronRight" size={14} />}>
          {t("spread.open")}
        </Button>
      </figcaption>
      <FanChart label={`${t("spread.total")}. ${told}`} days={forecast.days} bands={forecast.total} height={170} />
      <p className={classes.said}>{told}</p>
    </figure>
  );
}
