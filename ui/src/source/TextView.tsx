import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Block } from "../api";
import { BlockView } from "./BlockView";
import type { Span } from "./place";
import classes from "./TextView.module.css";

/** Characters shown before and after the passage at first: long documents stay quick. */
const AROUND = 12_000;

interface Props {
  text: string;
  blocks: readonly Block[];
  span: Span | null;
}

/** The stored text by its structure; offsets count in it, so the passage is marked to the character. */
export function TextView({ text, blocks, span }: Props) {
  const { t } = useTranslation();
  const [window, setWindow] = useState({ before: AROUND, after: AROUND });
  const box = useRef<HTMLDivElement>(null);
  const begin = (span?.start ?? 0) - window.before;
  const end = (span?.end ?? 0) + window.after;
  const all = blocks.length > 0 ? blocks : [{ kind: "paragraph" as const, start: 0, end: text.length, level: 0 }];
  const shown = all.filter((block) => block.end > begin && block.start < end);
  useEffect(() => {
    box.current?.querySelector("mark")?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <div className={classes.text} ref={box}>
      {shown[0] !== all[0] && (
        <Button size="compact-xs" variant="subtle" onClick={() => setWindow({ ...window, before: window.before + 4 * AROUND })}>
          {t("source.before")}
        </Button>
      )}
      {shown.map((block) => (
        <BlockView key={block.start} block={block} text={text} span={span} />
      ))}
      {shown.at(-1) !== all.at(-1) && (
        <Button size="compact-xs" variant="subtle" onClick={() => setWindow({ ...window, after: window.after + 4 * AROUND })}>
          {t("source.after")}
        </Button>
      )}
    </div>
  );
}
