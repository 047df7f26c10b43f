import { useTranslation } from "react-i18next";
import type { Source } from "../api";
import { useBeside } from "../chat/panel";
import { Icon } from "../parts/Icon";
import shared from "../parts/shared.module.css";
import classes from "./Spread.module.css";

/** Where the vulnerabilities stand in the library; each opens beside. */
export function SpreadSources({ sources }: { sources: Source[] }) {
  const { t } = useTranslation();
  const { show } = useBeside();
  if (sources.length === 0) return null;
  return (
    <>
      <h3 className={classes.small}>{t("answer.sources")}</h3>
      <ul className={`${shared.bare} ${classes.sources}`}>
        {sources.map((source) => (
          <li key={`${source.document} ${source.start}`}>
            <button type="button" className={`${shared.choice} ${classes.source}`} title={source.source} onClick={() => show({ kind: "source", source, answer: null })}>
              <Icon name="document" size={14} />
              {source.title}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
