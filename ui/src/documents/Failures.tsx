import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Failure } from "../api";
import { DataTable } from "../parts/DataTable";
import { Empty } from "../parts/Empty";
import tables from "../parts/Table.module.css";

/** The quarantine: what could not be read, and why. */
export function Failures({ failures }: { failures: Failure[] }) {
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
            <Table.Th>{t("documents.reason")}</Table.Th>
          </>
        }
      >
        {failures.map(({ path, page, reason }) => (
          <Table.Tr key={`${path}\n${page}\n${reason}`}>
            <Table.Td>
              {path}
              {page !== null && <div className={tables.quiet}>{t("source.page", { page })}</div>}
            </Table.Td>
            <Table.Td>{reason}</Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </>
  );
}
