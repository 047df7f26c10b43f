import { ActionIcon, Tooltip } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Answer, Turn } from "../api";
import { copyText } from "../parts/copy";
import { Icon } from "../parts/Icon";
import { plainAnswer } from "./plainAnswer";
import { Rating } from "./Rating";
import { Timings } from "./Timings";
import classes from "./Turn.module.css";

interface Props {
  turn: Turn;
  answer: Answer;
  conversation: string;
  locked: boolean;
  onAgain: (text: string) => void;
}

/** Copy, ask again, thumbs, who answered, timings. */
export function AnswerFoot({ turn, answer, conversation, locked, onAgain }: Props) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(plainAnswer(answer));
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div className={classes.foot}>
      <Tooltip label={copied ? t("common.copied") : t("answer.copy")}>
        <ActionIcon aria-label={t("answer.copy")} onClick={() => void copy()}>
          <Icon name={copied ? "check" : "copy"} size={16} />
        </ActionIcon>
      </Tooltip>
      <span className="visually-hidden" role="status">
        {copied ? t("common.copied") : ""}
      </span>
      <Tooltip label={t("answer.retry")}>
        <ActionIcon aria-label={t("answer.retry")} disabled={locked} onClick={() => onAgain(turn.asked)}>
          <Icon name="refresh" size={16} />
        </ActionIcon>
      </Tooltip>
      <Rating turn={turn} conversation={conversation} />
      <Timings answer={answer} />
      {!answer.refused && (
        <span className={classes.provider}>
          {answer.provider === "extractive" ? t("answer.extractive") : t("answer.provider", { name: answer.provider })}
        </span>
      )}
    </div>
  );
}
