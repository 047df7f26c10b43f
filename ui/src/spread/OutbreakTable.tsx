import { Button, Table } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Incident } from "../api";
import { DataTable } from "../parts/DataTable";
import tables from "../parts/Table.module.css";
import { networkAddress } from "./scenario";
import classes from "./Spread.module.css";
import { useNumbers } from "./useNumbers";

const AT_ONCE = 5;

/** The outbreaks of a history, the last first; each leads to a forecast of how it goes on. */
export function OutbreakTable({ network, incidents }: { network: string; incidents: Incident[] }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const [shown, setShown] = useState(AT_ONCE);
  const outbreaks = useMemo(() => outbreaksOf(incidents), [incidents]);
  return (
    <>
      <DataTable
        caption={t("spread.learn.history")}
        head={
          <>
            <Table.Th className={tables.main}>{t("spread.outbreak")}</Table.Th>
            <Table.Th>{t("spread.learn.hosts")}</Table.Th>
            <Table.Th>{t("spread.learn.lasted")}</Table.Th>
          </>
        }
      >
        {outbreaks.slice(0, shown).map(({ name, found, last }) => (
          <Table.Tr key={name}>
            <Table.Td>
              {name ? (
                <Link to={`${networkAddress(network)}?${new URLSearchParams({ outbreak: name })}`} className={`${classes.link} ${classes.whole}`} title={t("spread.learn.goOn")}>
                  {name}
                </Link>
              ) : (
                "–"
              )}
            </Table.Td>
            <Table.Td>{numbers.count(found)}</Table.Td>
            <Table.Td className={tables.nowrap}>{numbers.days(last)}</Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
      {outbreaks.length > shown && (
        <Button mt="sm" variant="default" size="xs" onClick={() => setShown(outbreaks.length)}>
          {t("documents.more", { count: outbreaks.length - shown })}
        </Button>
      )}
    </>
  );
}

/** How many hosts each took, and until which day. */
function outbreaksOf(incidents: readonly Incident[]) {
  const all = new Map<string, { name: string; found: number; last: number }>();
  for (const { outbreak, day } of incidents) {
    const known = all.get(outbreak) ?? { name: outbreak, found: 0, last: 0 };
    all.set(outbreak, { name: outbreak, found: known.found + 1, last: Math.max(known.last, day) });
  }
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  return [...all.values()].sort((one, other) => compare(other.name, one.name));
}
