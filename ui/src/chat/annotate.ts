/** A rehype plugin: in the rendered answer, markers `[s1]`, sentences by their support, and identifiers. */

import type { Element, ElementContent, Root, Text } from "hast";
import type { Claim, Support } from "../api";
import { cut, type Piece } from "./cut";

const BLOCKS = new Set(["p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "dd", "dt"]);
const SKIPPED = new Set(["code", "pre", "a"]);

export interface Found {
  claims: readonly Claim[];
}

interface Run {
  node: Text;
  parent: Element;
}

/** Wraps pieces of text in `x-cite`, `x-claim` and `x-id`; AnswerText says how these are shown. It runs after the
 * sanitizer, so nothing in an answer can bring such elements along. */
export function annotate({ claims }: Found) {
  return (tree: Root) => {
    let from = 0;
    for (const texts of blocksOf(tree)) {
      const pieces = cut(
        texts.map((text) => text.node.value),
        claims,
        from,
      );
      from = Math.max(from, ...pieces.flat().map((piece) => (piece.claim ?? -1) + 1));
      texts.forEach(({ node, parent }, place) => {
        const at = parent.children.indexOf(node);
        parent.children.splice(at, 1, ...(pieces[place] ?? []).map((piece) => element(piece, claims)));
      });
    }
  };
}

/** The texts of each block, in order; those of a block inside another stand by themselves. */
function blocksOf(tree: Root): Run[][] {
  const blocks: Run[][] = [];
  const walk = (parent: Element | Root, block: Run[]) => {
    for (const child of parent.children) {
      if (child.type === "text" && parent.type === "element") block.push({ node: child, parent });
      if (child.type !== "element" || SKIPPED.has(child.tagName)) continue;
      if (!BLOCKS.has(child.tagName)) walk(child, block);
      else {
        const own: Run[] = [];
        blocks.push(own);
        walk(child, own);
      }
    }
  };
  walk(tree, []);
  return blocks.filter((block) => block.length > 0);
}

function element(piece: Piece, claims: readonly Claim[]): ElementContent {
  const inner: ElementContent = bare(piece);
  const claim = piece.claim === null ? undefined : claims[piece.claim];
  if (!claim || piece.kind === "cite") return inner;
  const properties: { support: Support; ends: string } = { support: claim.support, ends: piece.ends ? "yes" : "" };
  return { type: "element", tagName: "x-claim", properties, children: [inner] };
}

function bare(piece: Piece): ElementContent {
  const text: Text = { type: "text", value: piece.text };
  if (piece.kind === "text") return text;
  const tagName = piece.kind === "cite" ? "x-cite" : "x-id";
  return { type: "element", tagName, properties: { value: piece.text }, children: [text] };
}
