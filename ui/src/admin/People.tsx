import { Button, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { DataTable } from "../parts/DataTable";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import shared from "../parts/shared.module.css";
import tables from "../parts/Table.module.css";
import { KEYS } from "../queries";
import { NewPerson } from "./NewPerson";
import { PersonRow } from "./PersonRow";

/** Everybody who has an account. */
export function People() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: KEYS.people, queryFn: api.admin.people });
  const [making, setMaking] = useState(false);
  if (found.isPending) return <Loading />;
  if (found.isError) return <Problem error={found.error} again={() => void found.refetch()} />;
  const groups = [...new Set(found.data.flatMap((person) => person.groups))].sort();
  return (
    <>
      <div className={shared.above}>
        <Text size="sm" c="var(--quiet)">
          {t("admin.accounts", { count: found.data.length })}
        </Text>
        <Button leftSection={<Icon name="add" />} onClick={() => setMaking(true)}>
          {t("admin.newPerson")}
        </Button>
      </div>
      <DataTable
        caption={t("admin.people")}
        head={
          <>
            <Table.Th>{t("account.name")}</Table.Th>
            <Table.Th className={tables.wide}>{t("admin.role")}</Table.Th>
            <Table.Th className={tables.wide}>{t("admin.groups")}</Table.Th>
            <Table.Th className={tables.wide}>{t("admin.clearance")}</Table.Th>
            <Table.Th className={tables.wide}>{t("admin.lastSeen")}</Table.Th>
            <Table.Th className={tables.end}>
              <span className="visually-hidden">{t("common.actions")}</span>
            </Table.Th>
          </>
        }
      >
        {found.data.map((person) => (
          <PersonRow key={person.id} person={person} groups={groups} />
        ))}
      </DataTable>
      {making && <NewPerson onClose={() => setMaking(false)} />}
    </>
  );
}
