import type { ReactNode } from "react";
import type { Block } from "../api";
import type { Span } from "./place";
import classes from "./TextView.module.css";

interface Props {
  block: Block;
  text: string;
  span: Span | null;
}

/** One block of a stored text, with the part of the passage that stands in it marked. */
export function BlockView({ block, text, span }: Props) {
  const content = marked(text, block, span);
  switch (block.kind) {
    case "heading":
      return (
        <p className={classes.heading} role="heading" aria-level={Math.min(6, 2 + Math.max(1, block.level))} data-level={block.level}>
          {content}
        </p>
      );
    case "list_item":
      return (
        <p className={classes.item} data-level={Math.min(4, block.level)}>
          {content}
        </p>
      );
    case "table_row":
      return <p className={classes.row}>{content}</p>;
    case "code":
      return <pre className={classes.code}>{content}</pre>;
    default:
      return <p className={classes.paragraph}>{content}</p>;
  }
}

/** `text[block]` with `<mark>` around what it shares with the passage. */
export function marked(text: string, block: Span, span: Span | null): ReactNode {
  const start = Math.max(block.start, span?.start ?? block.end);
  const end = Math.min(block.end, span?.end ?? block.start);
  if (start >= end) return text.slice(block.start, block.end);
  return (
    <>
      {text.slice(block.start, start)}
      <mark>{text.slice(start, end)}</mark>
      {text.slice(end, block.end)}
    </>
  );
}
