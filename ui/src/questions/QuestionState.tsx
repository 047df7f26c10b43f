import { useTranslation } from "react-i18next";
import type { QueuedQuestion, QueueState } from "../api";
import { FURTHEST } from "../api/queue";
import { Icon, type IconName } from "../parts/Icon";
import { when } from "../parts/when";
import classes from "./Questions.module.css";

const ICONS: Record<QueueState, IconName> = {
  waiting: "clock",
  answering: "edit",
  answered: "check",
  dead: "alert",
  cancelled: "close",
};

/** Where a question stands, in words: its place in the line, or why it was given up. */
export function QuestionState({ question }: { question: QueuedQuestion }) {
  const { t, i18n } = useTranslation();
  const { state, place, reason, answered } = question;
  const told = {
    waiting: () => {
      if (reason) return t("questions.again");
      if (place > FURTHEST) return t("questions.placeFar");
      return place > 0 ? t("questions.place", { place }) : t("questions.waiting");
    },
    answering: () => t("questions.answering"),
    answered: () => `${t("questions.answered")} · ${when(answered, i18n.language)}`,
    dead: () => t("questions.dead"),
    cancelled: () => t("questions.cancelled"),
  }[state]();
  return (
    <span className={classes.state} data-state={state}>
      <Icon name={ICONS[state]} size={16} />
      <span>
        {told}
        {reason && (state === "dead" || state === "waiting") && <>: {t(`questions.because.${reason}`)}</>}
      </span>
    </span>
  );
}
