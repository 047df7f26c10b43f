import { useTranslation } from "react-i18next";
import type { QueueCounts } from "../api";
import shared from "../parts/shared.module.css";
import { when } from "../parts/when";
import classes from "./Admin.module.css";

const STATES = ["waiting", "answering", "answered", "dead", "cancelled", "mails_waiting", "mails_failed"] as const;
const ILL = new Set<string>(["dead", "mails_failed"]);

/** How many questions stand where, since when the oldest waits, and which workers have one. */
export function QueueSummary({ counts }: { counts: QueueCounts }) {
  const { t, i18n } = useTranslation();
  const shown = new Intl.NumberFormat(i18n.language);
  return (
    <>
      <dl className={classes.counts}>
        {STATES.map((state) => (
          <div key={state} className={`${shared.box} ${classes.count}`} data-ill={ILL.has(state) && counts[state] > 0}>
            <dt>{t(`admin.count.${state}`)}</dt>
            <dd>{shown.format(counts[state])}</dd>
          </div>
        ))}
      </dl>
      <dl className={classes.facts}>
        <div>
          <dt>{t("admin.oldest")}</dt>
          <dd title={counts.oldest}>{when(counts.oldest, i18n.language) || t("admin.nobodyWaits")}</dd>
        </div>
        <div>
          <dt>{t("admin.workers")}</dt>
          <dd>{counts.holders.join(", ") || t("admin.noWorkers")}</dd>
        </div>
      </dl>
    </>
  );
}
