import { Button, Table } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RateLine } from "../api";
import { IdentifierLink } from "../chat/IdentifierLink";
import { DataTable } from "../parts/DataTable";
import { Empty } from "../parts/Empty";
import tables from "../parts/Table.module.css";
import classes from "./Spread.module.css";
import { useNumbers } from "./useNumbers";
import { useSpread } from "./useSpread";

const AT_ONCE = 8;
const IDENTIFIER = /^CVE-\d{4}-\d{4,}$/i;
/** What a link carries without any vulnerability. */
const WAYS = ["credential", "override", "plain"] as const;

/** The links that carry most of the spread, and why they have the rates that they have. */
export function RateTable({ rates }: { rates: RateLine[] }) {
  const { t } = useTranslation();
  const { rate } = useNumbers();
  const { assets } = useSpread();
  const [shown, setShown] = useState(AT_ONCE);
  if (rates.length === 0) return <Empty>{t("spread.noRates")}</Empty>;
  const name = (id: string) => assets.get(id)?.name || id;
  const through = (cve: string) => {
    const way = WAYS.find((one) => one === cve);
    return way ? t(`spread.ways.${way}`) : cve;
  };
  return (
    <>
      <DataTable
        caption={t("spread.rates")}
        head={
          <>
            <Table.Th>{t("spread.link")}</Table.Th>
            <Table.Th>{t("spread.through")}</Table.Th>
            <Table.Th>{t("spread.perDay")}</Table.Th>
            <Table.Th className={tables.wide}>{t("spread.factors")}</Table.Th>
          </>
        }
      >
        {rates.slice(0, shown).map((line) => {
          const factors = line.factors.map(([factor, value]) => `${factor} × ${rate(value)}`).join(" · ");
          return (
            <Table.Tr key={`${line.source}\n${line.target}\n${line.cve}`}>
              <Table.Td>
                <span className={classes.whole}>{name(line.source)}</span> → <span className={classes.whole}>{name(line.target)}</span>
                <div className={`${tables.quiet} ${tables.small}`}>{factors}</div>
              </Table.Td>
              <Table.Td>{IDENTIFIER.test(line.cve) ? <IdentifierLink value={line.cve} /> : through(line.cve)}</Table.Td>
              <Table.Td className={tables.nowrap}>{rate(line.rate)}</Table.Td>
              <Table.Td className={`${tables.wide} ${tables.quiet}`}>{factors}</Table.Td>
            </Table.Tr>
          );
        })}
      </DataTable>
      {rates.length > shown && (
        <Button mt="sm" variant="default" size="xs" onClick={() => setShown(rates.length)}>
          {t("documents.more", { count: rates.length - shown })}
        </Button>
      )}
    </>
  );
}
