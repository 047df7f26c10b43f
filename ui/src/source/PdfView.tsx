import "react-pdf/dist/Page/TextLayer.css";
import { Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Document, Page, pdfjs } from "react-pdf";
import { api, type StoredDocument } from "../api";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import { pagesOf } from "./boxes";
import { Highlight, type LoadedPage } from "./Highlight";
import { PdfBar } from "./PdfBar";
import classes from "./PdfView.module.css";
import type { Span } from "./place";

pdfjs.GlobalWorkerOptions.workerSrc = workerUrl;

/** All from our own origin; no WebAssembly, which the policy does not allow. */
const OPTIONS = {
  cMapUrl: "/pdfjs/cmaps/",
  standardFontDataUrl: "/pdfjs/standard_fonts/",
  wasmUrl: "/pdfjs/wasm/",
  useWasm: false,
};

interface Props {
  document: StoredDocument;
  span: Span | null;
  page: number;
  onFail: () => void;
}

/** The PDF at the page of the passage, which is highlighted where its lines stand. */
export default function PdfView({ document, span, page, onFail }: Props) {
  const { t } = useTranslation();
  const original = useQuery({
    queryKey: ["original", document.id],
    queryFn: () => api.documents.original(document.id),
    staleTime: 300_000,
  });
  const [now, setNow] = useState(page);
  const [pages, setPages] = useState(document.pages.length);
  const [zoom, setZoom] = useState(1);
  const [loaded, setLoaded] = useState<LoadedPage | null>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const { ref, width } = useElementSize();
  const marked = span ? pagesOf(document.boxes, span) : [];
  if (original.isError) return <Problem inset error={original.error} again={() => void original.refetch()} />;
  const shown = Math.max(0, width - 24) * zoom;
  return (
    <div className={classes.viewer}>
      <PdfBar page={now} pages={pages} zoom={zoom} passage={marked[0] ?? page} onPage={setNow} onZoom={setZoom} />
      {span && marked.length === 0 && (
        <Text size="xs" c="var(--quiet)" px="sm" pt="xs">
          {t("source.noBoxes")} <mark>{document.text.slice(span.start, span.end)}</mark>
        </Text>
      )}
      <div ref={ref} className={classes.scroll} tabIndex={0} role="region" aria-label={document.title}>
        {original.data && width > 0 ? (
          <Document
            file={original.data}
            options={OPTIONS}
            loading={<Loading />}
            onLoadSuccess={(pdf) => setPages(pdf.numPages)}
            onLoadError={onFail}
          >
            <div ref={sheet} className={classes.sheet}>
              <Page
                pageNumber={now}
                width={shown}
                renderAnnotationLayer={false}
                loading={<Loading />}
                onGetStructTreeSuccess={() => sheet.current && withoutAnnotations(sheet.current)}
                onLoadSuccess={(one) => setLoaded({ number: now, viewport: one.getViewport({ scale: 1 }) })}
              />
              {span && loaded?.number === now && (
                <Highlight loaded={loaded} width={shown} boxes={document.boxes} span={span} />
              )}
            </div>
          </Document>
        ) : (
          <Loading />
        )}
      </div>
    </div>
  );
}

/** The structure of a page names its annotations, which are not shown here: names that lead nowhere are taken out. */
function withoutAnnotations(page: HTMLElement) {
  for (const node of page.querySelectorAll("[aria-owns]")) {
    if (/^\d+R$/.test(node.getAttribute("aria-owns") ?? "")) node.removeAttribute("aria-owns");
  }
}
