import { useTranslation } from "react-i18next";
import type { StoredDocument } from "../api";
import { when } from "../parts/when";
import classes from "./Facts.module.css";

/** What is known of a document, above its text. Addresses are shown as text: nothing here leads out. */
export function Facts({ document }: { document: StoredDocument }) {
  const { t, i18n } = useTranslation();
  const facts: [string, string][] = [
    [t("source.kind"), document.kind],
    [t("source.collection"), document.collection],
    [t("source.readAt"), when(document.ingested_at, i18n.language)],
    ...Object.entries(document.metadata).map(([key, value]): [string, string] => [key, told(value)]),
  ];
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name} className={classes.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function told(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}
