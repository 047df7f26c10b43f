import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { QueuedQuestion } from "../api";
import { Problem } from "../parts/Problem";
import { mailFailed, useQuestionWork } from "./useQuestions";

/** What can be done with a question: taken out of the line, put back into it, its mail sent again. */
export function QuestionActions({ question }: { question: QueuedQuestion }) {
  const { t } = useTranslation();
  const { cancel, retry } = useQuestionWork(question.id);
  const { state, number } = question;
  const open = state === "waiting" || state === "answering";
  const mailAgain = state === "answered" && mailFailed(question);
  const again = state === "dead" || state === "cancelled";
  if (!open && !again && !mailAgain) return null;
  const error = cancel.error ?? retry.error;
  return (
    <>
      <Group gap="xs">
        {open && (
          <Button
            size="xs"
            variant="default"
            aria-label={t("questions.cancelOf", { number })}
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            {t("common.cancel")}
          </Button>
        )}
        {again && (
          <Button
            size="xs"
            variant="default"
            aria-label={t("questions.retryOf", { number })}
            loading={retry.isPending}
            onClick={() => retry.mutate()}
          >
            {t("common.again")}
          </Button>
        )}
        {mailAgain && (
          <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
            {t("questions.mailAgain")}
          </Button>
        )}
      </Group>
      {error && <Problem error={error} />}
    </>
  );
}
