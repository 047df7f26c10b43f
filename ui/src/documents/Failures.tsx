import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Quarantined } from "../api";
import { DataTable } from "../parts/DataTable";
import { Empty } from "../parts/Empty";
import tables from "../parts/Table.module.css";
import { FailureRow } from "./FailureRow";

const sameFile = (one: Quarantined | undefined, other: Quarantined) => one?.path === other.path && one.collection === other.collection;

/** The quarantine: what could not be read, and why. With `mixed`, of several collections. */
export function Failures({ failures, mixed }: { failures: Quarantined[]; mixed: boolean }) {
  const { t } = useTranslation();
  if (failures.length === 0) return <Empty>{t("documents.noFailures")}</Empty>;
  return (
    <>
      <p className={tables.quiet}>{t("documents.failuresHint")}</p>
      <DataTable
        caption={t("documents.failures")}
        head={
          <>
            <Table.Th>{t("documents.file")}</Table.Th>
            <Table.Th className={tables.wide}>{t("documents.reason")}</Table.Th>
            <Table.Th className={tables.end}>
              <span className="visually-hidden">{t("common.actions")}</span>
            </Table.Th>
          </>
        }
      >
        {failures.map((failure, at) => (
          <FailureRow
            key={`${failure.collection}\n${failure.path}\n${failure.page}\n${failure.reason}`}
            failure={failure}
            first={!sameFile(failures[at - 1], failure)}
            mixed={mixed}
          />
        ))}
      </DataTable>
    </>
  );
}
