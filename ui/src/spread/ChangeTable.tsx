import { Button, Table } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { WhatIf } from "../api";
import { DataTable } from "../parts/DataTable";
import { Empty } from "../parts/Empty";
import { SortHead } from "../parts/SortHead";
import tables from "../parts/Table.module.css";
import { HostName } from "./HostName";
import { useNumbers } from "./useNumbers";
import { useSpread } from "./useSpread";

const AT_ONCE = 10;
const LEAST = 0.0005;
const COLUMNS = ["host", "before", "after", "change"] as const;
type Column = (typeof COLUMNS)[number];

/** Which hosts a change makes more or less probable to fall. */
export function ChangeTable({ hosts }: { hosts: WhatIf["hosts"] }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const { assets } = useSpread();
  const [sort, setSort] = useState<{ by: Column; down: boolean }>({ by: "change", down: false });
  const [shown, setShown] = useState(AT_ONCE);
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  const rows = hosts
    .map(([id, before, after]) => ({ host: assets.get(id)?.name || id, id, before, after, change: after - before }))
    .filter(({ change }) => Math.abs(change) >= LEAST)
    .sort((one, other) => {
      const { by } = sort;
      return (sort.down ? -1 : 1) * (by === "host" ? compare(one.host, other.host) : one[by] - other[by]);
    });
  if (rows.length === 0) return <Empty>{t("spread.nothingChanges")}</Empty>;
  return (
    <>
      <DataTable
        caption={t("spread.changedHosts")}
        head={COLUMNS.map((by) => (
          <SortHead
            key={by}
            label={t(`spread.column.${by}`)}
            sorted={sort.by === by ? (sort.down ? "descending" : "ascending") : undefined}
            className={by === "host" ? tables.main : by === "change" ? tables.wide : undefined}
            onPress={() => setSort({ by, down: sort.by === by ? !sort.down : by === "before" || by === "after" })}
          />
        ))}
      >
        {rows.slice(0, shown).map((row) => (
          <Table.Tr key={row.id}>
            <Table.Td>
              <HostName id={row.id} />
              <div className={`${tables.quiet} ${tables.small}`}>{numbers.points(row.change)}</div>
            </Table.Td>
            <Table.Td>{numbers.share(row.before)}</Table.Td>
            <Table.Td>{numbers.share(row.after)}</Table.Td>
            <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{numbers.points(row.change)}</Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
      {rows.length > shown && (
        <Button mt="sm" variant="default" size="xs" onClick={() => setShown(shown + 5 * AT_ONCE)}>
          {t("documents.more", { count: Math.min(5 * AT_ONCE, rows.length - shown) })}
        </Button>
      )}
    </>
  );
}
