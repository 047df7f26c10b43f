import { Alert, Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { ApiError, type Backtest, type ForecastJob, type Trained } from "../api";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { PageFrame } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import { Section } from "../parts/Section";
import { KEYS, useMe } from "../queries";
import { may } from "../session/may";
import { BacktestView } from "../spread/BacktestView";
import { History } from "../spread/History";
import { JobState } from "../spread/JobState";
import { ModelTable } from "../spread/ModelTable";
import { RecentForecasts } from "../spread/RecentForecasts";
import classes from "../spread/Spread.module.css";
import { isOpen, networkAddress } from "../spread/scenario";
import { useBegin, useForecast, useModels, WAIT_S } from "../spread/useForecasts";

/** The models of a network, what they learn from, and the buttons to train, compare and promote them. */
export default function SpreadModels() {
  const { t } = useTranslation();
  const { network: name = "", job: id } = useParams();
  const queries = useQueryClient();
  const editor = may(useMe().data, "editor");
  const models = useModels(name);
  const job = useForecast(id);
  const begin = useBegin();
  const done = job.data?.state === "done";
  const gone = job.error instanceof ApiError && job.error.status === 404;
  const busy = begin.isPending || (!gone && job.data !== undefined && isOpen(job.data));
  // What it made, or found out, stands with the models.
  useEffect(() => {
    if (done) void queries.invalidateQueries({ queryKey: KEYS.models(name) });
  }, [done, name, queries]);
  const start = (kind: "train" | "backtest") => begin.mutate({ kind, network: name, wait_s: WAIT_S });
  const back = (
    <Button component={Link} to={networkAddress(name)} variant="subtle" size="xs" leftSection={<Icon name="chevronLeft" size={16} />}>
      {name}
    </Button>
  );
  const buttons = (
    <div className={classes.row}>
      <Button size="xs" disabled={busy} leftSection={<Icon name="play" size={16} />} onClick={() => start("train")}>
        {t("spread.learn.train")}
      </Button>
      <Button size="xs" variant="default" disabled={busy || !models.data?.length} leftSection={<Icon name="shield" size={16} />} onClick={() => start("backtest")}>
        {t("spread.learn.compare")}
      </Button>
    </div>
  );
  return (
    <PageFrame title={t("spread.learn.of", { name })} aside={back}>
      <Text mb="md">{t("spread.learn.about")}</Text>
      <div className={classes.stack}>
        {begin.isError && <Problem error={begin.error} />}
        {job.isError && !gone && <Problem error={job.error} again={() => void job.refetch()} />}
        {gone && (
          <Alert role="alert" color="yellow" variant="light" icon={<Icon name="alert" />}>
            {t("spread.learn.gone")}
          </Alert>
        )}
        {job.data && !gone && (done ? <Made job={job.data} /> : <JobState job={job.data} />)}
        <Section title={t("spread.learn.models")} aside={editor && buttons}>
          {models.isPending && <Loading />}
          {models.isError && <Problem error={models.error} again={() => void models.refetch()} />}
          {models.data && (models.data.length ? <ModelTable models={models.data} editor={editor} /> : <Empty>{t("spread.learn.none")}</Empty>)}
        </Section>
        <History network={name} editor={editor} />
        <RecentForecasts network={name} models />
      </div>
    </PageFrame>
  );
}

/** What a job about models came to. */
function Made({ job: { request, result } }: { job: ForecastJob }) {
  const { t } = useTranslation();
  if (request.kind === "backtest") return <BacktestView result={result as Backtest} />;
  const { models } = result as Trained;
  return (
    <Alert role="status" color="teal" variant="light" icon={<Icon name="check" />}>
      {t("spread.learn.trained", { count: models.length, names: models.map(({ kind, version }) => `${kind}-${version}`).join(", ") })}
    </Alert>
  );
}
