import { ActionIcon, Menu, Table } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type DocumentInfo } from "../api";
import { Icon } from "../parts/Icon";
import { save } from "../parts/save";
import tables from "../parts/Table.module.css";
import { when } from "../parts/when";
import { useMe } from "../queries";
import { may } from "../session/may";
import classes from "./Documents.module.css";
import { RemoveDocument } from "./RemoveDocument";
import { ShareDocument } from "./ShareDocument";
import { Tlp } from "./Tlp";
import { useReaders } from "./useReaders";

export function DocumentRow({ info, mixed }: { info: DocumentInfo; mixed: boolean }) {
  const { t, i18n } = useTranslation();
  const me = useMe().data;
  const { namesOf } = useReaders();
  const [doing, setDoing] = useState<"share" | "remove" | null>(null);
  const done = () => setDoing(null);
  const readers = info.sharing?.readers ?? [];
  const readAt = when(info.ingested_at, i18n.language);
  const size = info.pages ? t("documents.pages", { count: info.pages }) : t("documents.passages", { count: info.chunks });
  const from = mixed ? `${info.collection} · ${info.source}` : info.source;
  const download = async () =>
    save(await api.documents.original(info.id), info.source.replace(/#.*$/, "").split("/").pop() || info.title);
  return (
    <Table.Tr>
      <Table.Td className={tables.main}>
        <Link to={`/documents/${encodeURIComponent(info.id)}`} className={classes.title}>
          {info.title}
        </Link>{" "}
        <Tlp label={info.sharing?.tlp ?? ""} />
        <div className={tables.quiet}>{from}</div>
        {readers.length > 0 && <div className={tables.quiet}>{t("sharing.readBy", { names: namesOf(readers) })}</div>}
        <div className={`${tables.quiet} ${tables.small}`}>{[info.kind, info.language, size, readAt].filter(Boolean).join(" · ")}</div>
      </Table.Td>
      <Table.Td className={tables.wide}>{info.kind}</Table.Td>
      <Table.Td className={tables.wide}>{info.language}</Table.Td>
      <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{size}</Table.Td>
      <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{readAt}</Table.Td>
      <Table.Td className={tables.end}>
        <Menu position="bottom-end" returnFocus>
          <Menu.Target>
            <ActionIcon aria-label={t("chat.actions", { title: info.title })}>
              <Icon name="dots" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component={Link} to={`/documents/${encodeURIComponent(info.id)}`} leftSection={<Icon name="document" />}>
              {t("documents.open")}
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="download" />} onClick={() => void download()}>
              {t("source.download")}
            </Menu.Item>
            {me?.sign_in && may(me, "editor") && (
              <Menu.Item leftSection={<Icon name="person" />} onClick={() => setDoing("share")}>
                {t("sharing.who")}
              </Menu.Item>
            )}
            {may(me, "editor") && (
              <Menu.Item color="red" leftSection={<Icon name="trash" />} onClick={() => setDoing("remove")}>
                {t("common.delete")}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
        {doing === "share" && <ShareDocument info={info} onClose={done} />}
        {doing === "remove" && <RemoveDocument info={info} onClose={done} />}
      </Table.Td>
    </Table.Tr>
  );
}
