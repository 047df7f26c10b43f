import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { Empty } from "../parts/Empty";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import { Section } from "../parts/Section";
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
  const failed = useQuery({
    queryKey: [...KEYS.queue, "mail_failed"],
    queryFn: () => api.admin.queue("mail_failed", AT_MOST),
    ...read,
  });
  if (dead.isPending || failed.isPending) return <Loading />;
  if (dead.isError) return <Problem error={dead.error} again={() => void dead.refetch()} />;
  if (failed.isError) return <Problem error={failed.error} again={() => void failed.refetch()} />;
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
        {failed.data.questions.length ? (
          <QueueTable caption={t("admin.mailsFailed")} questions={failed.data.questions} />
        ) : (
          <Empty>{t("admin.noMailsFailed")}</Empty>
        )}
      </Section>
    </>
  );
}
