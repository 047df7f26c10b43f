import { Alert, Button, Progress } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { ApiError, type ForecastJob } from "../api";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import { Section } from "../parts/Section";
import { askedAddress, isOpen } from "./scenario";
import classes from "./Spread.module.css";
import { useDrop } from "./useForecasts";

/** How far a forecast is; or why there is none. */
export function JobState({ job }: { job: ForecastJob }) {
  const { t, i18n } = useTranslation();
  const go = useNavigate();
  // The server forgets what is cancelled; what was asked for stands where one comes from.
  const drop = useDrop(() => void go(askedAddress(job)));
  if (job.state === "failed") return <Problem error={new ApiError(500, "", job.error)} />;
  if (!isOpen(job)) {
    return (
      <Alert role="status" color="gray" icon={<Icon name="stop" />}>
        {t("spread.cancelled")}
      </Alert>
    );
  }
  const { stage, done, total } = job.progress;
  // "learning analogs": what is done, and to what.
  const [doing = "", kind = ""] = stage.split(" ");
  const key = `spread.stage.${doing}`;
  const shown = job.state === "waiting" ? t("spread.waiting") : i18n.exists(key) ? t(key as "spread.stage.learning", { kind }) : stage || t("spread.running");
  const share = total > 0 ? Math.round((100 * done) / total) : 0;
  return (
    <Section title={t("spread.running")}>
      <div className={classes.progress}>
        <p role="status" className={classes.said}>
          {shown} {total > 0 && `${share} %`}
        </p>
        <Progress value={share} animated aria-label={t("spread.running")} size="lg" />
        <div className={classes.row}>
          <Button variant="default" loading={drop.isPending} leftSection={<Icon name="stop" size={16} />} onClick={() => drop.mutate(job.id)}>
            {t("common.cancel")}
          </Button>
        </div>
        {drop.isError && <Problem error={drop.error} />}
      </div>
    </Section>
  );
}
