import { ActionIcon, Alert, SegmentedControl, Tooltip } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type StoredDocument } from "../api";
import { Icon } from "../parts/Icon";
import { IconAction } from "../parts/IconAction";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import { save } from "../parts/save";
import shared from "../parts/shared.module.css";
import { useDocument } from "../queries";
import { Facts } from "./Facts";
import { addressOf, locate, type Place } from "./place";
import classes from "./SourceView.module.css";
import { TextView } from "./TextView";

const PdfView = lazy(() => import("./PdfView"));

/** A document at a passage: the PDF's page, or the stored text with its structure; the passage is highlighted. */
export function SourceView({ place, full = false }: { place: Place; full?: boolean }) {
  const { t } = useTranslation();
  const found = useDocument(place.document);
  if (found.isError) return <Problem inset error={found.error} again={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const moved = place.quote !== "" && found.data.text.slice(place.start, place.end) !== place.quote;
  return (
    <div className={shared.column}>
      {moved && (
        <Alert role="note" color="yellow" variant="light" p="xs">
          {t("source.changed")}
        </Alert>
      )}
      <Viewer key={found.data.id} document={found.data} place={place} full={full} />
    </div>
  );
}

function Viewer({ document, place, full }: { document: StoredDocument; place: Place; full: boolean }) {
  const { t } = useTranslation();
  const pdf = document.media_type === "application/pdf";
  const [shown, setShown] = useState<"original" | "text">(pdf ? "original" : "text");
  const [failed, setFailed] = useState(false);
  const span = locate(document.text, place);
  const download = async () => save(await api.documents.original(document.id), fileName(document));
  return (
    <>
      <div className={classes.bar}>
        {pdf && (
          <SegmentedControl
            size="xs"
            aria-label={t("source.view")}
            value={shown}
            onChange={(value) => setShown(value as "original" | "text")}
            data={[
              { value: "original", label: t("source.original") },
              { value: "text", label: t("source.text") },
            ]}
          />
        )}
        <span className={classes.file} title={document.source}>
          {document.source}
        </span>
        {!full && (
          <Tooltip label={t("source.full")}>
            <ActionIcon component={Link} to={addressOf(place)} aria-label={t("source.full")}>
              <Icon name="external" size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        <IconAction label={t("source.download")} icon="download" onClick={() => void download()} />
      </div>
      {shown === "original" && !failed ? (
        <Suspense fallback={<Loading />}>
          <PdfView document={document} span={span} page={place.page || 1} onFail={() => setFailed(true)} />
        </Suspense>
      ) : (
        <div className={`${shared.scroll} ${classes.scroll}`} tabIndex={0} role="region" aria-label={document.title}>
          {failed && <p className={classes.note}>{t("source.pdfFailed")}</p>}
          <Facts document={document} />
          <TextView text={document.text} blocks={document.blocks} span={span} />
        </div>
      )}
    </>
  );
}

function fileName(document: StoredDocument): string {
  return document.source.replace(/#.*$/, "").split("/").pop() || document.title;
}
