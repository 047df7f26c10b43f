import { useTranslation } from "react-i18next";
import type { Answer } from "../api";
import { Icon } from "../parts/Icon";
import shared from "../parts/shared.module.css";
import { useBeside } from "./panel";
import classes from "./Turn.module.css";

/** A refusal says why, and what the documents hold that is nearest; a topic asks about it. */
export function Refusal({ answer }: { answer: Answer }) {
  const { t } = useTranslation();
  const { ask } = useBeside();
  return (
    <div className={classes.refusal} data-refused="true">
      <h2 className={classes.refusalTitle}>
        <Icon name="shield" /> {t("answer.refusal")}
      </h2>
      <div>{answer.reason || answer.answer}</div>
      {answer.topics.length > 0 && (
        <>
          <p className={classes.draftLabel}>{t("answer.topics")}</p>
          <ul className={classes.topics}>
            {answer.topics.map((topic) => (
              <li key={topic}>
                <button type="button" className={`${shared.choice} ${classes.topic}`} onClick={() => ask(topic)}>
                  {topic}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
