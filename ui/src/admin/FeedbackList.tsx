import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Thumb } from "../api";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import shared from "../parts/shared.module.css";
import { when } from "../parts/when";
import { KEYS } from "../queries";
import classes from "./Admin.module.css";

/** Rated answers of everybody, newest first. */
export function FeedbackList() {
  const { t, i18n } = useTranslation();
  const people = useQuery({ queryKey: KEYS.people, queryFn: api.admin.people }).data ?? [];
  const found = useQuery({ queryKey: KEYS.feedback, queryFn: api.admin.feedback, staleTime: 0 });
  const [thumb, setThumb] = useState<Thumb>("");
  if (found.isPending) return <Loading />;
  if (found.isError) return <Problem error={found.error} again={() => void found.refetch()} />;
  const shown = found.data.filter((one) => !thumb || one.thumb === thumb);
  return (
    <>
      <div className={shared.above}>
        <SegmentedControl
          aria-label={t("admin.feedback")}
          value={thumb}
          onChange={(value) => setThumb(value as Thumb)}
          data={[
            { value: "", label: t("admin.allRatings") },
            { value: "up", label: t("answer.up") },
            { value: "down", label: t("answer.down") },
          ]}
        />
      </div>
      {shown.length === 0 && <Empty>{t("admin.noFeedback")}</Empty>}
      <ul className={`${shared.bare} ${classes.list}`}>
        {shown.map((one) => (
          <li key={one.turn} className={`${shared.box} ${classes.card}`}>
            <div className={classes.cardHead}>
              <span className={classes.state} data-ok={one.thumb === "up"}>
                <Icon name={one.thumb === "up" ? "thumbUp" : "thumbDown"} size={16} />
                {t(`answer.${one.thumb === "up" ? "up" : "down"}`)}
              </span>
              <span>{people.find((person) => person.id === one.person)?.email ?? one.person}</span>
              <span>{when(one.at, i18n.language)}</span>
              <span>{one.provider}</span>
            </div>
            <p className={classes.question}>{one.question}</p>
            <p className={classes.answer}>{one.answer}</p>
            {one.reason && <p className={classes.reason}>{one.reason}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}
