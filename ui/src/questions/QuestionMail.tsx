import { useTranslation } from "react-i18next";
import type { QueuedQuestion } from "../api";
import { Icon } from "../parts/Icon";
import { when } from "../parts/when";
import classes from "./Questions.module.css";
import { mailFailed } from "./useQuestions";

/** What became of the mail with the answer, or with the word that there is none; nothing where none is wanted. */
export function QuestionMail({ question }: { question: QueuedQuestion }) {
  const { t, i18n } = useTranslation();
  const { submission, state, mail, mail_error, sent } = question;
  if (!submission.by_mail || state === "cancelled" || (!mail && state === "dead")) return null;
  const coming = state === "waiting" || state === "answering";
  const told = {
    "": () => t("questions.mail.wanted"),
    waiting: () => t(coming ? "questions.mail.wanted" : "questions.mail.sending"),
    sending: () => t("questions.mail.sending"),
    sent: () => `${t(state === "dead" ? "questions.mail.told" : "questions.mail.sent")} · ${when(sent, i18n.language)}`,
    refused: () => t("questions.mail.refused"),
    bounced: () => t("questions.mail.bounced"),
  }[mail]();
  return (
    <span className={classes.state} data-state={mailFailed(question) ? "dead" : "mail"}>
      <Icon name="mail" size={16} />
      <span>
        {told}
        {mail_error && mail !== "sent" && `: ${mail_error}`}
      </span>
    </span>
  );
}
