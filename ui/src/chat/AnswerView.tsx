import { useTranslation } from "react-i18next";
import type { Answer, Turn } from "../api";
import { AnswerFoot } from "./AnswerFoot";
import { AnswerText } from "./AnswerText";
import { Notices } from "./Notices";
import { Refusal } from "./Refusal";
import { SourceList } from "./SourceList";
import { SupportSummary } from "./SupportSummary";
import classes from "./Turn.module.css";

interface Props {
  turn: Turn;
  answer: Answer;
  conversation: string;
  locked: boolean;
  onAgain: (text: string) => void;
}

/** A checked answer with its notices, its sources and what can be done with it; or a refusal. */
export function AnswerView({ turn, answer, conversation, locked, onAgain }: Props) {
  const { t } = useTranslation();
  return (
    <div role="group" className={classes.answer} aria-label={t("chat.answered")}>
      <Notices notices={answer.notices} />
      {answer.refused ? (
        <Refusal answer={answer} />
      ) : (
        <>
          <AnswerText text={answer.answer} answer={answer} />
          <SourceList answer={answer} />
          <SupportSummary claims={answer.claims} />
        </>
      )}
      <AnswerFoot turn={turn} answer={answer} conversation={conversation} locked={locked} onAgain={onAgain} />
    </div>
  );
}
