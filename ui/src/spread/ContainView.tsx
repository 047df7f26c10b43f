import { Button, Table } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Containment, Network } from "../api";
import { IdentifierLink } from "../chat/IdentifierLink";
import { DataTable } from "../parts/DataTable";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import { Section } from "../parts/Section";
import tables from "../parts/Table.module.css";
import { Actions } from "./Actions";
import { Explorer } from "./Explorer";
import { Figures } from "./Figures";
import { HostName } from "./HostName";
import { Sentences } from "./Reasons";
import { told } from "./scenario";
import classes from "./Spread.module.css";
import { useBegin, WAIT_S } from "./useForecasts";
import { useNumbers } from "./useNumbers";

/** Measures in the order to take them, and what they bring on worlds that none was chosen on. */
export function ContainView({ result, network }: { result: Containment; network: Network }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const { wish, before, after, drop, busiest, measures } = result;
  const begin = useBegin();
  const { changes } = wish.scenario;
  const targets = measures.map((measure) => measure.target);
  const applied = wish.by === "host" ? { ...changes, isolate: [...new Set([...changes.isolate, ...targets])] } : { ...changes, patch: [...new Set([...changes.patch, ...targets])] };
  const cut = useMemo(() => (wish.by === "host" ? measures.map((measure) => measure.target) : []), [wish, measures]);
  const apply = () => begin.mutate({ kind: "whatif", scenario: told({ ...wish.scenario, changes: applied }), wait_s: WAIT_S });
  const figure = (label: string, band: Containment["before"]) => ({ label, value: numbers.hosts(band.mean), beside: t("spread.range95", { range: numbers.range95(band) }) });
  const button = (
    <Button size="xs" loading={begin.isPending} disabled={targets.length === 0} leftSection={<Icon name="play" size={14} />} onClick={apply}>
      {t("spread.apply")}
    </Button>
  );
  return (
    <>
      <Figures
        figures={[
          figure(t("spread.lossBefore"), before),
          figure(t("spread.lossAfter"), after),
          figure(t("spread.drop"), drop),
          ...(busiest ? [figure(t("spread.busiest"), busiest)] : []),
        ]}
      />
      <Section title={t("spread.measures")} aside={button}>
        {begin.isError && <Problem error={begin.error} />}
        {measures.length ? <MeasureTable result={result} /> : <Empty>{t("spread.noMeasures")}</Empty>}
        <Sentences title={t("spread.assumptions")} sentences={result.assumptions} />
      </Section>
      <Explorer network={network} forecast={null} day={0} onDay={() => undefined} cut={cut} />
      <Actions wish={wish} />
    </>
  );
}

function MeasureTable({ result: { measures, wish } }: { result: Containment }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  return (
    <DataTable
      caption={t("spread.measures")}
      head={
        <>
          <Table.Th className={tables.end}>{t("spread.order")}</Table.Th>
          <Table.Th className={tables.main}>{t(wish.by === "host" ? "spread.isolate" : "spread.patch")}</Table.Th>
          <Table.Th>
            <span className={classes.wraps}>{t("spread.gain")}</span>
          </Table.Th>
          <Table.Th>{t("spread.cost")}</Table.Th>
        </>
      }
    >
      {measures.map(({ target, gain, cost }, at) => (
        <Table.Tr key={target}>
          <Table.Td className={tables.end}>{at + 1}</Table.Td>
          <Table.Td className={classes.name}>
            {wish.by === "host" ? <HostName id={target} /> : <IdentifierLink value={target} />}
          </Table.Td>
          <Table.Td>{numbers.hosts(gain)}</Table.Td>
          <Table.Td>{numbers.rate(cost)}</Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}
