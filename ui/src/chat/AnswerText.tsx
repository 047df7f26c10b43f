import { memo } from "react";
import Markdown, { type Components } from "react-markdown";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import type { Answer, Claim, Source } from "../api";
import classes from "./AnswerText.module.css";
import { annotate } from "./annotate";
import { Cite } from "./Cite";
import { ClaimText } from "./ClaimText";
import { IdentifierLink } from "./IdentifierLink";

/** No links, no images: an answer may lead to its sources and nowhere else. */
const SCHEMA = { ...defaultSchema, tagNames: (defaultSchema.tagNames ?? []).filter((tag) => tag !== "a" && tag !== "img") };
const NO_CLAIMS: Claim[] = [];
const NO_SOURCES: Source[] = [];

interface Props {
  text: string;
  /** The checked answer; without it the text is a draft. */
  answer?: Answer | null;
}

/** The Markdown of an answer: sentences marked by their support, numbered sources, identifiers that open a card. */
export const AnswerText = memo(function AnswerText({ text, answer = null }: Props) {
  const components = {
    "x-cite": ({ value }: { value: string }) => <Cite marker={value} sources={answer?.sources ?? NO_SOURCES} answer={answer} />,
    "x-claim": ClaimText,
    "x-id": ({ value }: { value: string }) => <IdentifierLink value={value} />,
  } as unknown as Components;
  return (
    <div className={classes.text}>
      <Markdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[
          [rehypeSanitize, SCHEMA],
          [annotate, { claims: answer?.claims ?? NO_CLAIMS }],
        ]}
        components={components}
      >
        {text}
      </Markdown>
    </div>
  );
});
