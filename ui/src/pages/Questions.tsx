import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Loading } from "../parts/Loading";
import { PageFrame } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import shared from "../parts/shared.module.css";
import { QuestionCard } from "../questions/QuestionCard";
import classes from "../questions/Questions.module.css";
import { isOpen, useQuestions } from "../questions/useQuestions";
import { useMe } from "../queries";

/** One's own questions that are answered later, and where each of them stands. */
export default function Questions() {
  const { t } = useTranslation();
  const mail = useMe().data?.mail ?? false;
  const found = useQuestions();
  const questions = found.data?.pages.flat() ?? [];
  const open = questions.filter(isOpen).length;
  return (
    <PageFrame title={t("nav.questions")}>
      {found.isPending && <Loading />}
      {found.isError && <Problem error={found.error} again={() => void found.refetch()} />}
      <Text role="status" size="sm" c="var(--quiet)" mb="sm">
        {found.data && questions.length > 0 && (open ? t("questions.open", { count: open }) : t("questions.noneOpen"))}
      </Text>
      {found.data && questions.length === 0 && (
        <>
          <Text mb="sm">{t("questions.none", { label: t(mail ? "later.byMail" : "later.onPage") })}</Text>
          <Button component={Link} to="/" variant="light">
            {t("notFound.home")}
          </Button>
        </>
      )}
      <ul className={`${shared.bare} ${classes.list}`}>
        {questions.map((question) => (
          <QuestionCard key={question.id} question={question} />
        ))}
      </ul>
      {found.hasNextPage && (
        <Button variant="default" mt="md" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t("questions.older")}
        </Button>
      )}
    </PageFrame>
  );
}
