import { useTranslation } from "react-i18next";
import type { Answer } from "../api";
import { sourceNumber, useBeside } from "../chat/panel";
import shared from "../parts/shared.module.css";
import classes from "./BesidePanel.module.css";

/** All sources of an answer with their passages. */
export function SourceCards({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  const { show } = useBeside();
  return (
    <ol className={classes.cards} aria-label={t("source.list")}>
      {answer.sources.map((source) => (
        <li key={source.id}>
          <button type="button" className={`${shared.choice} ${classes.card}`} onClick={() => show({ kind: "source", source, answer })}>
            <span className={classes.cardHead}>
              <span className={classes.number}>{sourceNumber(source.id)}</span>
              <span>{source.title}</span>
              {source.page > 0 && <span className={classes.meta}>{t("source.page", { page: source.page })}</span>}
            </span>
            <span className={classes.quote}>{source.quote}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
