import { Drawer } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { Loading } from "../parts/Loading";
import classes from "./ChatPage.module.css";
import { ConversationList } from "./ConversationList";
import { ConversationView } from "./ConversationView";
import { BesideContext, type Panel } from "./panel";
import { Welcome } from "./Welcome";
import { useChat } from "./useChat";

const BesidePanel = lazy(() => import("../source/BesidePanel"));

/** Conversations at the left, questions and answers in the middle, what an answer stands on at the right. On a narrow
 * screen the sides are drawers. */
export function ChatPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const chat = useChat(id);
  const narrow = useMediaQuery("(max-width: 62em)", false, { getInitialValueInEffect: false });
  const [listed, list] = useDisclosure(false);
  const [shown, setShown] = useState<{ panel: Panel; id: string | undefined } | null>(null);
  const panel = shown && shown.id === id ? shown.panel : null;
  const { collection, ask } = chat;
  const beside = useMemo(
    () => ({ panel, collection, ask, show: (next: Panel | null) => setShown(next && { panel: next, id }) }),
    [panel, collection, ask, id],
  );
  const close = () => setShown(null);
  const side = panel && (
    <Suspense fallback={<Loading />}>
      <BesidePanel panel={panel} onClose={close} />
    </Suspense>
  );
  const label = { "aria-label": t("common.close") };
  return (
    <BesideContext.Provider value={beside}>
      <div className={classes.page} data-beside={panel !== null && !narrow}>
        {narrow ? (
          <Drawer opened={listed} onClose={list.close} size="20rem" title={t("chat.conversations")} closeButtonProps={label}>
            <ConversationList current={id} onChosen={list.close} />
          </Drawer>
        ) : (
          <aside className={classes.list} aria-label={t("chat.conversations")}>
            <ConversationList current={id} />
          </aside>
        )}
        <section className={classes.middle} aria-label={t("chat.thread")}>
          {id ? <ConversationView id={id} onList={list.open} /> : <Welcome onList={list.open} onBegin={chat.begin} />}
        </section>
        {narrow ? (
          <Drawer.Root opened={panel !== null} onClose={close} position="right" size="100%" padding={0}>
            <Drawer.Content aria-label={t("source.panel")}>{side}</Drawer.Content>
          </Drawer.Root>
        ) : (
          panel && (
            <aside className={classes.beside} aria-label={t("source.panel")}>
              {side}
            </aside>
          )
        )}
      </div>
    </BesideContext.Provider>
  );
}
