import { Alert, Badge, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Backtest } from "../api";
import { DataTable } from "../parts/DataTable";
import { Icon } from "../parts/Icon";
import { Section } from "../parts/Section";
import tables from "../parts/Table.module.css";
import classes from "./Spread.module.css";
import { useNumbers } from "./useNumbers";

/** Models compared on past outbreaks that they had not seen. */
export function BacktestView({ result: { rows, verdict, origins } }: { result: Backtest }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const interval = (low: number, high: number) => `${numbers.score(low)}–${numbers.score(high)}`;
  const better = rows.some((row) => row.promotable);
  const coverage = (metrics: Backtest["rows"][number]["metrics"]) => (["coverage80", "coverage95"] as const).map((name) => (metrics[name] === undefined ? "–" : numbers.share(metrics[name]))).join(" / ");
  return (
    <Section title={t("spread.kinds.backtest")}>
      <p className={classes.said}>{t("spread.learn.compared", { count: origins, shown: numbers.count(origins) })}</p>
      <DataTable
        caption={t("spread.kinds.backtest")}
        head={
          <>
            <Table.Th className={tables.main}>{t("spread.learn.model")}</Table.Th>
            <Table.Th>CRPS</Table.Th>
            <Table.Th>
              <span className={classes.wraps}>{t("spread.learn.ratio")}</span>
            </Table.Th>
            <Table.Th className={tables.wide}>WIS</Table.Th>
            <Table.Th className={tables.wide}>
              <span className={classes.wraps}>{t("spread.learn.within", { share: "80 % / 95 %" })}</span>
            </Table.Th>
          </>
        }
      >
        {rows.map(({ model, metrics, ratio, low, high, promotable }) => (
          <Table.Tr key={model}>
            <Table.Td>
              <span className={classes.modelName}>{model}</span> {promotable && <Badge>{t("spread.learn.promotable")}</Badge>}
              <div className={`${tables.quiet} ${tables.small}`}>
                WIS {numbers.score(metrics.wis)} · {coverage(metrics)}
              </div>
            </Table.Td>
            <Table.Td className={tables.nowrap}>{numbers.score(metrics.crps)}</Table.Td>
            <Table.Td className={tables.nowrap}>
              {numbers.score(ratio)}
              {low !== high && <div className={tables.quiet}>{interval(low, high)}</div>}
            </Table.Td>
            <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{numbers.score(metrics.wis)}</Table.Td>
            <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{coverage(metrics)}</Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
      <Alert mt="md" role="note" color={better ? "teal" : "gray"} variant="light" icon={<Icon name={better ? "check" : "info"} />}>
        {verdict}
      </Alert>
    </Section>
  );
}
