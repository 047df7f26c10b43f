import { Button, Table } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { DataTable } from "../parts/DataTable";
import { Empty } from "../parts/Empty";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import tables from "../parts/Table.module.css";
import { when } from "../parts/when";
import { KEYS } from "../queries";
import { AuditState } from "./AuditState";

const AT_ONCE = 100;

/** Who did what, newest first, a hundred lines at a time. */
export function AuditLog() {
  const { t, i18n } = useTranslation();
  const people = useQuery({ queryKey: KEYS.people, queryFn: api.admin.people }).data ?? [];
  const found = useInfiniteQuery({
    queryKey: KEYS.audit,
    queryFn: ({ pageParam }) => api.admin.audit(pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length === AT_ONCE && (last.at(-1)?.number ?? 0) > 1 ? last.at(-1)?.number : undefined),
    staleTime: 0,
  });
  if (found.isPending) return <Loading />;
  if (found.isError) return <Problem error={found.error} again={() => void found.refetch()} />;
  const entries = found.data.pages.flat();
  const nameOf = (id: string) => people.find((person) => person.id === id)?.email ?? id;
  return (
    <>
      <AuditState />
      {entries.length === 0 ? (
        <Empty>{t("admin.noAudit")}</Empty>
      ) : (
        <DataTable
          caption={t("admin.audit")}
          head={
            <>
              <Table.Th>{t("admin.at")}</Table.Th>
              <Table.Th>{t("admin.what")}</Table.Th>
              <Table.Th className={tables.wide}>{t("admin.actor")}</Table.Th>
              <Table.Th className={tables.wide}>{t("admin.target")}</Table.Th>
              <Table.Th className={tables.wide}>{t("admin.details")}</Table.Th>
            </>
          }
        >
          {entries.map((entry) => {
            const details = Object.entries(entry.details).map(([key, value]) => `${key}: ${nameOf(value)}`).join(", ");
            return (
              <Table.Tr key={entry.number}>
                <Table.Td className={tables.nowrap}>
                  <time dateTime={entry.at} title={entry.at}>
                    {when(entry.at, i18n.language)}
                  </time>
                  <div className={tables.quiet}>{entry.number}</div>
                </Table.Td>
                <Table.Td>
                  {entry.action}
                  <div className={`${tables.quiet} ${tables.small}`}>
                    {[nameOf(entry.actor), nameOf(entry.target), details].filter(Boolean).join(" · ")}
                  </div>
                </Table.Td>
                <Table.Td className={tables.wide}>{nameOf(entry.actor)}</Table.Td>
                <Table.Td className={tables.wide}>{nameOf(entry.target)}</Table.Td>
                <Table.Td className={`${tables.wide} ${tables.quiet}`}>{details}</Table.Td>
              </Table.Tr>
            );
          })}
        </DataTable>
      )}
      {found.hasNextPage && (
        <Button variant="default" mt="md" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("admin.older")}
        </Button>
      )}
    </>
  );
}
