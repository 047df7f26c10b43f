import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { LineBox } from "../api";
import { rectangles } from "./boxes";
import classes from "./PdfView.module.css";
import type { Span } from "./place";

interface Viewport {
  width: number;
  convertToViewportRectangle: (rectangle: number[]) => number[];
}

export interface LoadedPage {
  number: number;
  /** At scale 1: it knows the page's crop box and rotation. */
  viewport: Viewport;
}

interface Props {
  loaded: LoadedPage;
  /** Of the page as shown, in CSS pixels. */
  width: number;
  boxes: readonly LineBox[];
  span: Span;
}

/** The lines of the passage, laid over the page. */
export function Highlight({ loaded, width, boxes, span }: Props) {
  const { t } = useTranslation();
  const first = useRef<HTMLDivElement>(null);
  const scale = width / loaded.viewport.width;
  const lines = rectangles(boxes, span, loaded.number).map((line) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = loaded.viewport.convertToViewportRectangle(line);
    const [left, top] = [Math.min(x1, x2) * scale, Math.min(y1, y2) * scale];
    return { left, top, width: Math.abs(x2 - x1) * scale, height: Math.abs(y2 - y1) * scale };
  });
  useEffect(() => first.current?.scrollIntoView({ block: "center" }), [loaded.number]);
  return (
    <div className={classes.marks} role="img" aria-label={t("source.highlighted")} data-testid="highlight">
      {lines.map((line, place) => (
        <div key={`${line.left} ${line.top}`} ref={place === 0 ? first : null} className={classes.mark} style={line} />
      ))}
    </div>
  );
}
