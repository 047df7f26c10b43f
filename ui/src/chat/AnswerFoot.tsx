import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Answer } from "../api";
import { copyText } from "../parts/copy";
import { IconAction } from "../parts/IconAction";
import { plainAnswer } from "./plainAnswer";
import { type Rated, Rating } from "./Rating";
import { Timings } from "./Timings";
import classes from "./Turn.module.css";

export interface AnswerProps {
  answer: Answer;
  rated: Rated;
  /** Asks the same anew; not offered without. */
  onAgain?: () => void;
  locked?: boolean;
}

/** Copy, ask again, thumbs, who answered, timings. */
export function AnswerFoot({ answer, rated, onAgain, locked = false }: AnswerProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(plainAnswer(answer));
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div className={classes.foot}>
      <IconAction
        label={t("answer.copy")}
        tip={copied ? t("common.copied") : t("answer.copy")}
        icon={copied ? "check" : "copy"}
        onClick={() => void copy()}
      />
      <span className="visually-hidden" role="status">
        {copied ? t("common.copied") : ""}
      </span>
      {onAgain && <IconAction label={t("answer.retry")} icon="refresh" disabled={locked} onClick={onAgain} />}
      <Rating {...rated} />
      <Timings answer={answer} />
      {!answer.refused && (
        <span className={classes.provider}>
          {answer.provider === "extractive" ? t("answer.extractive") : t("answer.provider", { name: answer.provider })}
        </span>
      )}
    </div>
  );
}
