import { Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import { Problem } from "../parts/Problem";
import { AnswerText } from "./AnswerText";
import { QuestionView } from "./QuestionView";
import { ask, dismiss, type Run } from "./runs";
import classes from "./Turn.module.css";

const STAGES = ["begin", "retrieve", "forecast", "generate", "verify"] as const;
type Stage = (typeof STAGES)[number];

/** A question that is being answered: its stage, and the draft as it comes, before it is checked. */
export function RunView({ run }: { run: Run }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const stage = STAGES.includes(run.stage as Stage) ? t(`stage.${run.stage as Stage}`) : run.stage;
  const again = () => {
    dismiss(run.conversation);
    void ask(queries, { conversation: run.conversation, text: run.asked, ...(run.turn ? { turn: run.turn } : {}) });
  };
  return (
    <article className={classes.turn} aria-busy={run.error === null}>
      <QuestionView asked={run.asked} rewritten={run.rewritten} because={run.because} />
      {run.error ? (
        <Problem error={run.error} again={again} />
      ) : (
        <>
          {run.draft && !run.answer && (
            <div className={classes.draft}>
              <p className={classes.draftLabel}>{t("chat.draft")}</p>
              <AnswerText text={run.draft} />
            </div>
          )}
          {run.answer && <AnswerText text={run.answer.answer} answer={run.answer} />}
          <p className={classes.stage} role="status">
            <Loader size="xs" type="dots" aria-hidden="true" /> {stage}
          </p>
        </>
      )}
    </article>
  );
}
