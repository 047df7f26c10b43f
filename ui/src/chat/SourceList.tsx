import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Answer, Source } from "../api";
import { Icon } from "../parts/Icon";
import shared from "../parts/shared.module.css";
import { useBeside } from "./panel";
import { sourceNumber } from "./panel";
import classes from "./SourceList.module.css";

/** The sources of an answer by document: the document once, a number for each passage. */
export function SourceList({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  const { show } = useBeside();
  if (answer.sources.length === 0) return null;
  return (
    <ul className={`${shared.bare} ${classes.list}`} aria-label={t("answer.sources")}>
      {byDocument(answer.sources).map((passages) => {
        const first = passages[0];
        return (
          first && (
            <li key={first.document}>
              <button
                type="button"
                className={`${shared.choice} ${classes.source}`}
                title={first.source}
                onClick={() => show(passages.length > 1 ? { kind: "sources", answer } : { kind: "source", source: first, answer })}
              >
                <Icon name="document" size={14} />
                <span className={classes.numbers}>{passages.map((one) => sourceNumber(one.id)).join(", ")}</span>
                <span className={classes.title}>{first.title}</span>
                {first.page > 0 && <span className={classes.page}>{pagesOf(passages, t)}</span>}
              </button>
            </li>
          )
        );
      })}
    </ul>
  );
}

export function byDocument(sources: readonly Source[]): Source[][] {
  const found = new Map<string, Source[]>();
  for (const source of sources) found.set(source.document, [...(found.get(source.document) ?? []), source]);
  return [...found.values()];
}

function pagesOf(passages: readonly Source[], t: TFunction): string {
  const pages = [...new Set(passages.map((one) => one.page))].sort((one, other) => one - other);
  return t("source.page", { page: pages.join(", ") });
}
