import { Button, Table } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type QueuedQuestion } from "../api";
import { DataTable } from "../parts/DataTable";
import { Problem } from "../parts/Problem";
import tables from "../parts/Table.module.css";
import { when } from "../parts/when";
import { QuestionMail } from "../questions/QuestionMail";
import { QuestionState } from "../questions/QuestionState";
import { KEYS } from "../queries";

/** Questions of everybody, without what was asked: what became of each, and trying again. */
export function QueueTable({ caption, questions }: { caption: string; questions: QueuedQuestion[] }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const people = useQuery({ queryKey: KEYS.people, queryFn: api.admin.people }).data ?? [];
  const retry = useMutation({
    mutationFn: api.admin.retryQuestion,
    onSettled: () => queries.invalidateQueries({ queryKey: KEYS.queue }),
  });
  const nameOf = (id: string) => people.find((person) => person.id === id)?.email ?? id;
  return (
    <>
      {retry.isError && <Problem error={retry.error} />}
      <DataTable
        caption={caption}
        head={
          <>
            <Table.Th className={tables.main}>{t("admin.state")}</Table.Th>
            <Table.Th className={tables.wide}>{t("admin.actor")}</Table.Th>
            <Table.Th className={tables.wide}>{t("admin.asked")}</Table.Th>
            <Table.Th className={tables.wide}>{t("admin.tries")}</Table.Th>
            <Table.Th className={tables.end}>
              <span className="visually-hidden">{t("common.actions")}</span>
            </Table.Th>
          </>
        }
      >
        {questions.map((question) => (
          <Table.Tr key={question.id}>
            <Table.Td>
              <div>
                <QuestionState question={question} />
              </div>
              <QuestionMail question={question} />
              {question.state !== "answered" && <div className={tables.quiet}>{question.error}</div>}
              <div className={`${tables.quiet} ${tables.small}`}>
                {nameOf(question.person)} · {t("questions.number", { number: question.number })} · {when(question.asked, i18n.language)}
              </div>
            </Table.Td>
            <Table.Td className={tables.wide}>
              {nameOf(question.person)}
              <div className={tables.quiet}>{t("questions.number", { number: question.number })}</div>
            </Table.Td>
            <Table.Td className={tables.wide}>
              <time dateTime={question.asked}>{when(question.asked, i18n.language)}</time>
            </Table.Td>
            <Table.Td className={tables.wide}>{question.state === "answered" ? question.mail_tries : question.tries}</Table.Td>
            <Table.Td className={tables.end}>
              <Button
                size="xs"
                variant="default"
                aria-label={t("admin.retryOf", { number: question.number, name: nameOf(question.person) })}
                loading={retry.isPending && retry.variables === question.id}
                onClick={() => retry.mutate(question.id)}
              >
                {t("common.again")}
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </>
  );
}
