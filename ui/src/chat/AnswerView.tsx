import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { AnswerFoot, type AnswerProps } from "./AnswerFoot";
import { AnswerText } from "./AnswerText";
import { Notices } from "./Notices";
import { Refusal } from "./Refusal";
import { SourceList } from "./SourceList";
import { SupportSummary } from "./SupportSummary";
import classes from "./Turn.module.css";

const ForecastCard = lazy(() => import("../spread/ForecastCard"));

/** A checked answer with its notices, its forecast, its sources and what can be done with it; or a refusal. */
export function AnswerView(props: AnswerProps) {
  const { t } = useTranslation();
  const { answer } = props;
  return (
    <div role="group" className={classes.answer} aria-label={t("chat.answered")}>
      <Notices notices={answer.notices} />
      {answer.refused ? (
        <Refusal answer={answer} />
      ) : (
        <>
          <AnswerText text={answer.answer} answer={answer} />
          {answer.forecast && (
            <Suspense fallback={null}>
              <ForecastCard forecast={answer.forecast} />
            </Suspense>
          )}
          <SourceList answer={answer} />
          <SupportSummary claims={answer.claims} />
        </>
      )}
      <AnswerFoot {...props} />
    </div>
  );
}
