import { Button } from "@mantine/core";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { BesidePlace } from "../chat/BesidePlace";
import { BesideContext, useBesideOf } from "../chat/panel";
import { useChat } from "../chat/useChat";
import { useNarrow } from "../chat/useNarrow";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { PageFrame } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import { QuestionDetail } from "../questions/QuestionDetail";
import classes from "../questions/Questions.module.css";
import { useQuestion } from "../questions/useQuestions";

/** One question that is answered later, with its answer; what that stands on is at the right. */
export default function QuestionPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const found = useQuestion(id);
  const narrow = useNarrow();
  const { begin } = useChat(undefined);
  const collection = found.data?.submission.collection ?? "default";
  const ask = useCallback((text: string) => void begin(text, collection), [begin, collection]);
  const beside = useBesideOf(id, collection, ask);
  const back = (
    <Button component={Link} to="/questions" variant="subtle" size="xs" leftSection={<Icon name="chevronLeft" size={16} />}>
      {t("nav.questions")}
    </Button>
  );
  return (
    <BesideContext.Provider value={beside}>
      <div className={classes.page} data-beside={beside.panel !== null && !narrow}>
        <div className={classes.middle}>
          <PageFrame title={found.data ? t("questions.number", { number: found.data.number }) : t("nav.questions")} aside={back}>
            {found.isPending && <Loading />}
            {found.isError && <Problem error={found.error} again={() => void found.refetch()} />}
            {found.data && <QuestionDetail question={found.data} />}
          </PageFrame>
        </div>
        <BesidePlace narrow={narrow} />
      </div>
    </BesideContext.Provider>
  );
}
