import { Table } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ForecastJob } from "../api";
import { Confirm } from "../parts/Confirm";
import { DataTable } from "../parts/DataTable";
import { IconAction } from "../parts/IconAction";
import { Section } from "../parts/Section";
import tables from "../parts/Table.module.css";
import { when } from "../parts/when";
import { ScenarioLine } from "./ScenarioLine";
import { isOpen, jobAddress, scenarioOf } from "./scenario";
import classes from "./Spread.module.css";
import { useDrop, useForecasts } from "./useForecasts";

interface Props {
  network?: string;
  /** Those that made or compared models, not those of scenarios. */
  models?: boolean;
}

/** One's own forecasts, of one network or of all; or what one did with models. */
export function RecentForecasts({ network, models = false }: Props) {
  const { t } = useTranslation();
  const about = (job: ForecastJob) => scenarioOf(job)?.network ?? job.request.network;
  const jobs = (useForecasts().data ?? []).filter((job) => models === !scenarioOf(job) && (!network || about(job) === network));
  if (jobs.length === 0) return null;
  const title = t(models ? "spread.learn.runs" : "spread.recent");
  return (
    <Section title={title}>
      <DataTable
        caption={title}
        head={
          <>
            <Table.Th className={tables.main}>{t(models ? "spread.kind" : "spread.scenario")}</Table.Th>
            {!models && <Table.Th className={tables.wide}>{t("spread.kind")}</Table.Th>}
            <Table.Th className={tables.wide}>{t("spread.asked")}</Table.Th>
            <Table.Th>{t("spread.state")}</Table.Th>
            <Table.Th className={tables.end}>
              <span className="visually-hidden">{t("common.actions")}</span>
            </Table.Th>
          </>
        }
      >
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} named={!network} />
        ))}
      </DataTable>
    </Section>
  );
}

function JobRow({ job, named }: { job: ForecastJob; named: boolean }) {
  const { t, i18n } = useTranslation();
  const [asking, setAsking] = useState(false);
  const drop = useDrop(() => setAsking(false));
  const scenario = scenarioOf(job);
  const { kind } = job.request;
  const told = t(`spread.kinds.${kind}`);
  const action = t(isOpen(job) ? "common.cancel" : "common.delete");
  return (
    <Table.Tr>
      <Table.Td>
        <Link to={jobAddress(job)} className={classes.link}>
          {scenario ? <ScenarioLine scenario={scenario} /> : told}
        </Link>
        {named && <div className={tables.quiet}>{scenario?.network}</div>}
        <div className={`${tables.quiet} ${tables.small}`}>
          {scenario && `${told} · `}
          {when(job.asked, i18n.language)}
        </div>
      </Table.Td>
      {scenario && <Table.Td className={tables.wide}>{told}</Table.Td>}
      <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{when(job.asked, i18n.language)}</Table.Td>
      <Table.Td>{t(`spread.states.${job.state}`)}</Table.Td>
      <Table.Td className={tables.end}>
        <IconAction icon={isOpen(job) ? "stop" : "trash"} label={action} onClick={() => setAsking(true)} />
        {asking && <Confirm question={t("spread.dropSure")} action={action} busy={drop.isPending} error={drop.error} onConfirm={() => drop.mutate(job.id)} onClose={() => setAsking(false)} />}
      </Table.Td>
    </Table.Tr>
  );
}
