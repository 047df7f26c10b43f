import { ActionIcon } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type Panel, sourceNumber, useBeside } from "../chat/panel";
import { Icon } from "../parts/Icon";
import shared from "../parts/shared.module.css";
import classes from "./BesidePanel.module.css";
import { IdentifierView } from "./IdentifierView";
import { SourceCards } from "./SourceCards";
import { SourceView } from "./SourceView";

interface Props {
  panel: Panel;
  onClose: () => void;
}

/** What stands beside the conversation: all sources of an answer, one of them opened, or the card of an identifier. */
export default function BesidePanel({ panel, onClose }: Props) {
  const { t } = useTranslation();
  const { show } = useBeside();
  const box = useReturnedFocus();
  const answer = panel.kind === "source" ? panel.answer : null;
  const title = {
    sources: () => t("source.panel"),
    source: () => (panel.kind === "source" && panel.source.id ? `${sourceNumber(panel.source.id)} · ${panel.source.title}` : t("source.panel")),
    identifier: () => (panel.kind === "identifier" ? panel.value : ""),
  }[panel.kind]();
  return (
    <div className={classes.panel} ref={box} tabIndex={-1} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <div className={classes.head}>
        {answer && answer.sources.length > 1 && (
          <ActionIcon aria-label={t("source.list")} title={t("source.list")} onClick={() => show({ kind: "sources", answer })}>
            <Icon name="chevronLeft" />
          </ActionIcon>
        )}
        <h2 className={shared.title} title={title}>
          {title}
        </h2>
        <ActionIcon aria-label={t("common.close")} onClick={onClose}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      <div className={shared.fill}>
        {panel.kind === "sources" && <SourceCards answer={panel.answer} />}
        {panel.kind === "source" && (
          <SourceView key={`${panel.source.document} ${panel.source.start} ${panel.source.end}`} place={panel.source} />
        )}
        {panel.kind === "identifier" && <IdentifierView key={panel.value} value={panel.value} collection={panel.collection} />}
      </div>
    </div>
  );
}

/** Takes the focus when it opens and gives it back, when it closes, to what it was opened with. */
function useReturnedFocus() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return box;
}
