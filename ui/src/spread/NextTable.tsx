import { Button, Table } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Forecast } from "../api";
import { DataTable } from "../parts/DataTable";
import tables from "../parts/Table.module.css";
import { HostName } from "./HostName";
import { groupOf } from "./layout";
import { useNumbers } from "./useNumbers";
import { useSpread } from "./useSpread";

const AT_ONCE = 6;

/** The hosts that past outbreaks took after such as are compromised now, most probable first. */
export function NextTable({ next }: { next: Forecast["next"] }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const { assets } = useSpread();
  const [shown, setShown] = useState(AT_ONCE);
  return (
    <>
      <DataTable
        caption={t("spread.next")}
        head={
          <>
            <Table.Th className={tables.main}>{t("spread.column.host")}</Table.Th>
            <Table.Th>{t("spread.chance")}</Table.Th>
          </>
        }
      >
        {next.slice(0, shown).map(([host, probability]) => {
          const asset = assets.get(host);
          return (
            <Table.Tr key={host}>
              <Table.Td>
                <HostName id={host} />
                {asset && <div className={tables.quiet}>{groupOf(asset)}</div>}
              </Table.Td>
              <Table.Td className={tables.nowrap}>{numbers.share(probability)}</Table.Td>
            </Table.Tr>
          );
        })}
      </DataTable>
      {next.length > shown && (
        <Button mt="sm" variant="default" size="xs" onClick={() => setShown(next.length)}>
          {t("documents.more", { count: next.length - shown })}
        </Button>
      )}
    </>
  );
}
