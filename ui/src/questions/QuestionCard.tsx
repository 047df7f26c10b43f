import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { QueuedQuestion } from "../api";
import shared from "../parts/shared.module.css";
import { when } from "../parts/when";
import { QuestionActions } from "./QuestionActions";
import { QuestionMail } from "./QuestionMail";
import { QuestionState } from "./QuestionState";
import classes from "./Questions.module.css";

/** A question in the list: what was asked, where it stands, what can be done. */
export function QuestionCard({ question }: { question: QueuedQuestion }) {
  const { t, i18n } = useTranslation();
  const { id, number, submission, asked } = question;
  return (
    <li className={`${shared.box} ${classes.card}`}>
      <div className={classes.meta}>
        {t("questions.number", { number })} · {submission.collection} · {when(asked, i18n.language)}
      </div>
      <Link to={`/questions/${id}`} className={classes.asked}>
        {submission.text}
      </Link>
      <div className={classes.states}>
        <QuestionState question={question} />
        <QuestionMail question={question} />
      </div>
      <QuestionActions question={question} />
    </li>
  );
}
