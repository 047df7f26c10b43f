import { Button, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { DataTable } from "../parts/DataTable";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import shared from "../parts/shared.module.css";
import tables from "../parts/Table.module.css";
import { KEYS } from "../queries";
import classes from "./Admin.module.css";

const EVERY_MS = 30_000;

/** Each part and provider: whether it is well, and what to do where it is not. */
export function Health() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: KEYS.health, queryFn: api.admin.health, staleTime: 0, refetchInterval: EVERY_MS });
  if (found.isPending) return <Loading />;
  if (found.isError) return <Problem error={found.error} again={() => void found.refetch()} />;
  const ill = found.data.filter((part) => !part.ok).length;
  return (
    <>
      <div className={shared.above}>
        <span role="status" className={classes.state} data-ok={ill === 0}>
          <Icon name={ill === 0 ? "check" : "alert"} />
          {ill === 0 ? t("admin.allWell") : t("admin.notWell", { count: ill })}
        </span>
        <Button size="xs" variant="default" loading={found.isFetching} onClick={() => void found.refetch()}>
          {t("admin.lookAgain")}
        </Button>
      </div>
      <DataTable
        caption={t("admin.health")}
        head={
          <>
            <Table.Th>{t("admin.part")}</Table.Th>
            <Table.Th>{t("admin.state")}</Table.Th>
            <Table.Th className={tables.main}>{t("admin.details")}</Table.Th>
          </>
        }
      >
        {found.data.map((part) => (
          <Table.Tr key={part.name}>
            <Table.Td className={tables.nowrap}>{part.name}</Table.Td>
            <Table.Td>
              <span className={classes.state} data-ok={part.ok}>
                <Icon name={part.ok ? "check" : "alert"} size={16} />
                {part.ok ? t("admin.well") : t("admin.ill")}
              </span>
            </Table.Td>
            <Table.Td>
              {part.detail}
              {!part.ok && part.advice && <div className={tables.quiet}>{part.advice}</div>}
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </>
  );
}
