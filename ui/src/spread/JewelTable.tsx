import { Button, Table } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { JewelTime } from "../api";
import { DataTable } from "../parts/DataTable";
import { Empty } from "../parts/Empty";
import tables from "../parts/Table.module.css";
import { HostName } from "./HostName";
import classes from "./Spread.module.css";
import { useNumbers } from "./useNumbers";

const AT_ONCE = 6;

/** When crown jewels fall, and how probable it is that they do not until the `last` day. */
export function JewelTable({ jewels, last }: { jewels: JewelTime[]; last: number }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const [shown, setShown] = useState(AT_ONCE);
  if (jewels.length === 0) return <Empty>{t("spread.noJewels")}</Empty>;
  const when = (days: number | null) => (days === null ? `> ${numbers.days(last)}` : numbers.days(days));
  return (
    <>
      <DataTable
        caption={t("spread.jewels")}
        head={
          <>
            <Table.Th>{t("spread.column.host")}</Table.Th>
            <Table.Th title={t("spread.p10Hint")}>{t("spread.p10")}</Table.Th>
            <Table.Th className={tables.wide} title={t("spread.medianHint")}>{t("spread.median")}</Table.Th>
            <Table.Th>
              <span className={classes.wraps}>{t("spread.notBy", { day: numbers.day(last) })}</span>
            </Table.Th>
          </>
        }
      >
        {jewels.slice(0, shown).map((jewel) => (
          <Table.Tr key={jewel.host}>
            <Table.Td className={classes.name}>
              <HostName id={jewel.host} />
            </Table.Td>
            <Table.Td className={tables.nowrap}>
              {when(jewel.p10)}
              <div className={`${tables.quiet} ${tables.small}`}>
                {t("spread.median")}: {when(jewel.median)}
              </div>
            </Table.Td>
            <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{when(jewel.median)}</Table.Td>
            <Table.Td className={tables.nowrap}>
              {numbers.share(jewel.never)}
              <div className={tables.quiet}>{numbers.shares(jewel.never_low, jewel.never_high)}</div>
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
      {jewels.length > shown && (
        <Button mt="sm" variant="default" size="xs" onClick={() => setShown(jewels.length)}>
          {t("documents.more", { count: jewels.length - shown })}
        </Button>
      )}
    </>
  );
}
