import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { Empty } from "../parts/Empty";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import { Section } from "../parts/Section";
import { mailFailed } from "../questions/useQuestions";
import { KEYS } from "../queries";
import { QueueSummary } from "./QueueSummary";
import { QueueTable } from "./QueueTable";

const EVERY_MS = 10_000;
const AT_MOST = 500;

/** The line of questions: how many stand where, and what needs a hand: those given up, and mails that failed. */
export function Queue() {
  const { t } = useTranslation();
  const read = { staleTime: 0, refetchInterval: EVERY_MS };
  const dead = useQuery({ queryKey: [...KEYS.queue, "dead"], queryFn: () => api.admin.queue("dead", AT_MOST), ...read });
  const answered = useQuery({
    queryKey: [...KEYS.queue, "answered"],
    queryFn: () => api.admin.queue("answered", AT_MOST),
    ...read,
  });
  if (dead.isPending || answered.isPending) return <Loading />;
  if (dead.isError) return <Problem error={dead.error} again={() => void dead.refetch()} />;
  if (answered.isError) return <Problem error={answered.error} again={() => void answered.refetch()} />;
  const failed = answered.data.questions.filter(mailFailed);
  return (
    <>
      <QueueSummary counts={dead.data.counts} />
      <Section title={t("admin.dead")}>
        {dead.data.questions.length ? (
          <QueueTable caption={t("admin.dead")} questions={dead.data.questions} />
        ) : (
          <Empty>{t("admin.noDead")}</Empty>
        )}
      </Section>
      <Section title={t("admin.mailsFailed")}>
        {failed.length ? (
          <QueueTable caption={t("admin.mailsFailed")} questions={failed} />
        ) : (
          <Empty>{t("admin.noMailsFailed")}</Empty>
        )}
      </Section>
    </>
  );
}
