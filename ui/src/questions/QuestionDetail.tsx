import { useTranslation } from "react-i18next";
import type { QueuedQuestion } from "../api";
import { AnswerView } from "../chat/AnswerView";
import { QuestionView } from "../chat/QuestionView";
import { when } from "../parts/when";
import { QuestionActions } from "./QuestionActions";
import { QuestionMail } from "./QuestionMail";
import { QuestionState } from "./QuestionState";
import classes from "./Questions.module.css";
import { useQuestionWork } from "./useQuestions";

/** A question with all that is known of it, and its answer when it is there. */
export function QuestionDetail({ question }: { question: QueuedQuestion }) {
  const { i18n } = useTranslation();
  const { rate } = useQuestionWork(question.id);
  const { submission, state, asked, error, answer, thumb, thumb_reason } = question;
  return (
    <article className={classes.one}>
      <div className={classes.meta}>
        {submission.collection} · {when(asked, i18n.language)}
      </div>
      <QuestionView asked={submission.text} rewritten="" />
      <div role="status" className={classes.states}>
        <QuestionState question={question} />
        <QuestionMail question={question} />
      </div>
      {error && state !== "answered" && <div className={classes.meta}>{error}</div>}
      <QuestionActions question={question} />
      {answer && <AnswerView answer={answer} rated={{ thumb, reason: thumb_reason, onRate: rate }} />}
    </article>
  );
}
