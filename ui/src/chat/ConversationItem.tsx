import { ActionIcon, Menu } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type ConversationInfo } from "../api";
import { Icon } from "../parts/Icon";
import { save } from "../parts/save";
import { DeleteConversation } from "./DeleteConversation";
import classes from "./ConversationList.module.css";
import { RenameConversation } from "./RenameConversation";
import { when } from "../parts/when";

interface Props {
  info: ConversationInfo;
  current: boolean;
  onChosen?: (() => void) | undefined;
}

export function ConversationItem({ info, current, onChosen }: Props) {
  const { t, i18n } = useTranslation();
  const [doing, setDoing] = useState<"rename" | "delete" | null>(null);
  const title = info.title || t("chat.untitled");
  const exportAs = async (form: "markdown" | "evidence") =>
    save(await api.conversations.exported(info.id, form), `${title.slice(0, 60)}.${form === "markdown" ? "md" : "json"}`);
  return (
    <li className={classes.item} data-current={current}>
      <Link to={`/c/${info.id}`} className={classes.link} aria-current={current ? "page" : undefined} onClick={onChosen}>
        <span className={classes.title}>{title}</span>
        <span className={classes.meta}>
          {info.collection} · {when(info.changed, i18n.language)}
        </span>
      </Link>
      <Menu position="bottom-end" returnFocus>
        <Menu.Target>
          <ActionIcon className={classes.more} aria-label={t("chat.actions", { title })}>
            <Icon name="dots" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="edit" />} onClick={() => setDoing("rename")}>
            {t("common.rename")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="download" />} onClick={() => void exportAs("markdown")}>
            {t("chat.exportMarkdown")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="shield" />} onClick={() => void exportAs("evidence")}>
            {t("chat.exportEvidence")}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<Icon name="trash" />} onClick={() => setDoing("delete")}>
            {t("common.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {doing === "rename" && <RenameConversation info={info} onClose={() => setDoing(null)} />}
      {doing === "delete" && <DeleteConversation info={info} current={current} onClose={() => setDoing(null)} />}
    </li>
  );
}
