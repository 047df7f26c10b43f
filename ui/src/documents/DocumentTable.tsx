import { Button, NativeSelect, Table, TextInput } from "@mantine/core";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DocumentInfo } from "../api";
import { DataTable } from "../parts/DataTable";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import tables from "../parts/Table.module.css";
import { DocumentRow } from "./DocumentRow";
import classes from "./Documents.module.css";
import { SortHead } from "./SortHead";
import { chosen, type Order, pressed } from "./sort";

const AT_ONCE = 50;

interface Props {
  documents: DocumentInfo[];
  /** Whether the collection of each is said. */
  mixed: boolean;
}

/** The documents: filtered, sorted, fifty more at a time. */
export function DocumentTable({ documents, mixed }: Props) {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const [kind, setKind] = useState("");
  const [order, setOrder] = useState<Order>({ by: "title", down: false });
  const [shown, setShown] = useState(AT_ONCE);
  const found = chosen(documents, { words: useDeferredValue(words), kind, order });
  const kinds = [...new Set(documents.map((one) => one.kind))].sort();
  const press = (by: Order["by"]) => setOrder((now) => pressed(now, by));
  return (
    <>
      <div className={classes.filter} role="search">
        <TextInput
          className={classes.words}
          type="search"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          aria-label={t("documents.filter")}
          placeholder={t("documents.filter")}
          leftSection={<Icon name="search" size={16} />}
        />
        {kinds.length > 1 && (
          <NativeSelect
            className={classes.kind}
            aria-label={t("source.kind")}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value)}
            data={[{ value: "", label: t("documents.allKinds") }, ...kinds]}
          />
        )}
      </div>
      <p role="status" className={classes.found}>
        {t("documents.found", { count: found.length })}
      </p>
      {found.length === 0 ? (
        <Empty>{t("documents.noneFound")}</Empty>
      ) : (
        <DataTable
          caption={t("nav.documents")}
          head={
            <>
              <SortHead by="title" order={order} onPress={press} className={tables.main} />
              <SortHead by="kind" order={order} onPress={press} className={tables.wide} />
              <SortHead by="language" order={order} onPress={press} className={tables.wide} />
              <Table.Th className={tables.wide}>{t("documents.size")}</Table.Th>
              <SortHead by="ingested_at" order={order} onPress={press} className={tables.wide} />
              <Table.Th className={tables.end}>
                <span className="visually-hidden">{t("common.actions")}</span>
              </Table.Th>
            </>
          }
        >
          {found.slice(0, shown).map((info) => (
            <DocumentRow key={info.id} info={info} mixed={mixed} />
          ))}
        </DataTable>
      )}
      {found.length > shown && (
        <div className={classes.more}>
          <Button variant="default" onClick={() => setShown(shown + AT_ONCE)}>
            {t("documents.more", { count: Math.min(AT_ONCE, found.length - shown) })}
          </Button>
        </div>
      )}
    </>
  );
}
