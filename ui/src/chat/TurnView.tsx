import { Alert, Button, Text } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Turn } from "../api";
import { Icon } from "../parts/Icon";
import { AnswerView } from "./AnswerView";
import { QuestionEdit } from "./QuestionEdit";
import { QuestionView } from "./QuestionView";
import { useRateTurn } from "./useRateTurn";
import classes from "./Turn.module.css";

interface Props {
  turn: Turn;
  conversation: string;
  /** Something is being answered: nothing can be asked anew. */
  locked: boolean;
  editing: boolean;
  onEdit: (on: boolean) => void;
  onAgain: (text: string) => void;
}

/** A question and its answer, as they are stored. */
export const TurnView = memo(function TurnView({ turn, conversation, locked, editing, onEdit, onAgain }: Props) {
  const { t } = useTranslation();
  const rate = useRateTurn(conversation, turn.id);
  const rated = { thumb: turn.thumb, reason: turn.reason, onRate: rate };
  const ended = turn.state === "failed" ? turn.error || t("chat.unfinished") : t("chat.unfinished");
  return (
    <article className={classes.turn}>
      {editing ? (
        <QuestionEdit text={turn.asked} onSend={onAgain} onCancel={() => onEdit(false)} />
      ) : (
        <QuestionView asked={turn.asked} rewritten={turn.standalone} because={turn.because} onEdit={locked ? undefined : () => onEdit(true)} />
      )}
      {turn.answer ? (
        <AnswerView answer={turn.answer} rated={rated} locked={locked} onAgain={() => onAgain(turn.asked)} />
      ) : (
        <Alert role="group" color="yellow" variant="light" icon={<Icon name="alert" />} title={t("chat.failed")}>
          <Text size="sm" mb="xs">
            {ended}
          </Text>
          <Button size="xs" variant="default" disabled={locked} onClick={() => onAgain(turn.asked)}>
            {t("chat.askAgain")}
          </Button>
        </Alert>
      )}
    </article>
  );
});
