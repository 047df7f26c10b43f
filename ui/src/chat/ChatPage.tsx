import { Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { BesidePlace } from "./BesidePlace";
import classes from "./ChatPage.module.css";
import { ConversationList } from "./ConversationList";
import { ConversationView } from "./ConversationView";
import { BesideContext, useBesideOf } from "./panel";
import { useChat } from "./useChat";
import { useNarrow } from "./useNarrow";
import { Welcome } from "./Welcome";

/** Conversations at the left, questions and answers in the middle, what an answer stands on at the right. On a narrow
 * screen the sides are drawers. */
export function ChatPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const chat = useChat(id);
  const narrow = useNarrow();
  const [listed, list] = useDisclosure(false);
  const beside = useBesideOf(id, chat.collection, chat.ask);
  const label = { "aria-label": t("common.close") };
  return (
    <BesideContext.Provider value={beside}>
      <div className={classes.page} data-beside={beside.panel !== null && !narrow}>
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
        <BesidePlace narrow={narrow} />
      </div>
    </BesideContext.Provider>
  );
}
