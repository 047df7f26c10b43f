import { Button, Table, TextInput } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Forecast } from "../api";
import { DataTable } from "../parts/DataTable";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { SortHead } from "../parts/SortHead";
import tables from "../parts/Table.module.css";
import { HostName } from "./HostName";
import { type HostColumn, hostRows, type HostSort } from "./rows";
import classes from "./Spread.module.css";
import { useNumbers } from "./useNumbers";
import { useSpread } from "./useSpread";

const AT_ONCE = 50;

/** What the map shows, as a table: every host, with its probability by the day where there is a forecast. */
export function HostTable({ forecast, day }: { forecast: Forecast | null; day: number }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const { assets, selected } = useSpread();
  const [words, setWords] = useState("");
  const [sort, setSort] = useState<HostSort>({ by: forecast ? "probability" : "criticality", down: true });
  const [shown, setShown] = useState(AT_ONCE);
  const wanted = useDeferredValue(words);
  const rows = useMemo(() => hostRows(forecast?.hosts ?? null, assets, { day, words: wanted, sort }), [forecast, assets, day, wanted, sort]);
  const name = t(forecast ? "spread.hostTable" : "spread.count.assets");
  const jewels = new Set(forecast?.jewels.map((jewel) => jewel.host));
  const press = (by: HostColumn) => setSort({ by, down: sort.by === by ? !sort.down : by !== "host" });
  const head = (by: HostColumn, className?: string) => (
    <SortHead label={t(`spread.column.${by}`)} sorted={sort.by === by ? (sort.down ? "descending" : "ascending") : undefined} className={className} onPress={() => press(by)} />
  );
  return (
    <div className={classes.hosts}>
      <TextInput
        type="search"
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        aria-label={t("spread.searchHosts")}
        placeholder={t("spread.searchHosts")}
        leftSection={<Icon name="search" size={16} />}
      />
      <p role="status" className={classes.quiet}>
        {t("spread.hosts", { count: rows.length })}
      </p>
      <div className={classes.hostRows} role="region" tabIndex={0} aria-label={name}>
        {rows.length === 0 ? (
          <Empty>{t("spread.noHosts")}</Empty>
        ) : (
          <DataTable
            caption={name}
            head={
              <>
                {head("host", tables.main)}
                {forecast && head("probability")}
                {head("criticality", forecast ? tables.wide : undefined)}
              </>
            }
          >
            {rows.slice(0, shown).map((row) => (
              <Table.Tr key={row.id} data-chosen={row.id === selected} className={classes.hostRow}>
                <Table.Td>
                  <HostName id={row.id} pressed={row.id === selected} />
                  <div className={tables.quiet}>{row.group}</div>
                  {forecast && (
                    <div className={`${tables.quiet} ${tables.small}`}>
                      {t("spread.column.criticality")}: {numbers.rate(row.criticality)} {jewels.has(row.id) && "◆"}
                    </div>
                  )}
                </Table.Td>
                {forecast && (
                  <Table.Td className={tables.nowrap}>
                    {numbers.share(row.probability)}
                    {row.high > 0 && <div className={tables.quiet}>{numbers.shares(row.low, row.high)}</div>}
                  </Table.Td>
                )}
                <Table.Td className={`${tables.nowrap} ${forecast ? tables.wide : ""}`}>
                  {numbers.rate(row.criticality)}
                  {(forecast ? jewels.has(row.id) : row.criticality >= 1) && <div className={tables.quiet}>◆ {t("spread.jewel")}</div>}
                </Table.Td>
              </Table.Tr>
            ))}
          </DataTable>
        )}
        {rows.length > shown && (
          <Button variant="subtle" fullWidth onClick={() => setShown(shown + AT_ONCE)}>
            {t("documents.more", { count: Math.min(AT_ONCE, rows.length - shown) })}
          </Button>
        )}
      </div>
    </div>
  );
}
