import { ActionIcon, Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import classes from "./PdfView.module.css";

interface Props {
  page: number;
  pages: number;
  zoom: number;
  /** The page of the passage. */
  passage: number;
  onPage: (page: number) => void;
  onZoom: (zoom: number) => void;
}

const STEP = 1.25;
const [SMALLEST, LARGEST] = [0.5, 4];

export function PdfBar({ page, pages, zoom, passage, onPage, onZoom }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes.bar} role="toolbar" aria-label={t("source.view")}>
      <ActionIcon aria-label={t("source.previous")} disabled={page <= 1} onClick={() => onPage(page - 1)}>
        <Icon name="chevronLeft" />
      </ActionIcon>
      <span aria-live="polite" className={classes.pages}>
        {t("source.pageOf", { page, pages })}
      </span>
      <ActionIcon aria-label={t("source.next")} disabled={page >= pages} onClick={() => onPage(page + 1)}>
        <Icon name="chevronRight" />
      </ActionIcon>
      {page !== passage && (
        <Button size="compact-xs" variant="subtle" onClick={() => onPage(passage)}>
          {t("source.toPassage")}
        </Button>
      )}
      <span className={classes.gap} />
      <ActionIcon aria-label={t("source.zoomOut")} disabled={zoom <= SMALLEST} onClick={() => onZoom(zoom / STEP)}>
        <Icon name="minus" />
      </ActionIcon>
      <ActionIcon aria-label={t("source.zoomIn")} disabled={zoom >= LARGEST} onClick={() => onZoom(zoom * STEP)}>
        <Icon name="add" />
      </ActionIcon>
    </div>
  );
}
