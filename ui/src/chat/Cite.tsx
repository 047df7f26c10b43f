import { Tooltip } from "@mantine/core";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { Answer, Source } from "../api";
import classes from "./Marks.module.css";
import { sourceNumber, useBeside } from "./panel";

/** Word joiner: a number does not begin a line. */
const NO_BREAK = "\u2060";

interface Props {
  marker: string;
  sources: readonly Source[];
  answer: Answer | null;
}

/** The numbers of the sources of a sentence; each opens its passage. Numbers that lead nowhere are not shown. */
export function Cite({ marker, sources, answer }: Props) {
  const ids = [...marker.matchAll(/\d+/g)].map((found) => `s${found[0]}`);
  return ids.map((id) => {
    const source = sources.find((one) => one.id === id);
    return source ? (
      <Fragment key={id}>
        {NO_BREAK}
        <SourceNumber source={source} answer={answer} />
      </Fragment>
    ) : null;
  });
}

export function SourceNumber({ source, answer }: { source: Source; answer: Answer | null }) {
  const { t } = useTranslation();
  const { panel, show } = useBeside();
  const number = sourceNumber(source.id);
  const open = panel?.kind === "source" && panel.source === source;
  return (
    <Tooltip label={source.title} multiline maw={320}>
      <button
        type="button"
        className={classes.cite}
        aria-label={t("answer.openSource", { number, title: source.title })}
        aria-pressed={open}
        onClick={() => show({ kind: "source", source, answer })}
      >
        {number}
      </button>
    </Tooltip>
  );
}
