import { ActionIcon, Menu, Table } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type NetworkInfo } from "../api";
import { useReaders } from "../documents/useReaders";
import { Confirm } from "../parts/Confirm";
import { DataTable } from "../parts/DataTable";
import { Icon } from "../parts/Icon";
import tables from "../parts/Table.module.css";
import { when } from "../parts/when";
import { useMe } from "../queries";
import { may } from "../session/may";
import { AddIncidents } from "./AddIncidents";
import { ShareNetwork } from "./ShareNetwork";
import { modelsAddress, networkAddress } from "./scenario";
import classes from "./Spread.module.css";
import { changedNetworks } from "./useForecasts";
import { useNumbers } from "./useNumbers";

const COUNTS = ["assets", "links", "weaknesses", "jewels", "incidents"] as const;

/** The networks that whoever is here may read. */
export function NetworkTable({ networks }: { networks: NetworkInfo[] }) {
  const { t } = useTranslation();
  return (
    <DataTable
      caption={t("spread.networks")}
      head={
        <>
          <Table.Th className={tables.main}>{t("spread.network")}</Table.Th>
          {COUNTS.map((count) => (
            <Table.Th key={count} className={tables.wide}>
              {t(`spread.count.${count}`)}
            </Table.Th>
          ))}
          <Table.Th className={tables.wide}>{t("spread.stored")}</Table.Th>
          <Table.Th className={tables.end}>
            <span className="visually-hidden">{t("common.actions")}</span>
          </Table.Th>
        </>
      }
    >
      {networks.map((network) => (
        <NetworkRow key={network.name} network={network} />
      ))}
    </DataTable>
  );
}

function NetworkRow({ network }: { network: NetworkInfo }) {
  const { t, i18n } = useTranslation();
  const me = useMe().data;
  const { count } = useNumbers();
  const { namesOf } = useReaders();
  const [doing, setDoing] = useState<"incidents" | "share" | "remove" | null>(null);
  const done = () => setDoing(null);
  const editor = may(me, "editor");
  return (
    <Table.Tr>
      <Table.Td>
        <Link to={networkAddress(network.name)} className={classes.link}>
          {network.name}
        </Link>
        {me?.sign_in && <div className={tables.quiet}>{t("sharing.readBy", { names: namesOf(network.readers) || t("readers.admins") })}</div>}
        <div className={`${tables.quiet} ${tables.small}`}>{COUNTS.map((name) => `${t(`spread.count.${name}`)}: ${count(network[name])}`).join(" · ")}</div>
      </Table.Td>
      {COUNTS.map((name) => (
        <Table.Td key={name} className={tables.wide}>
          {count(network[name])}
        </Table.Td>
      ))}
      <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{when(network.stored, i18n.language)}</Table.Td>
      <Table.Td className={tables.end}>
        {editor && (
          <Menu position="bottom-end" returnFocus>
            <Menu.Target>
              <ActionIcon aria-label={t("chat.actions", { title: network.name })}>
                <Icon name="dots" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<Icon name="upload" />} onClick={() => setDoing("incidents")}>
                {t("spread.learn.addIncidents")}
              </Menu.Item>
              <Menu.Item component={Link} to={modelsAddress(network.name)} leftSection={<Icon name="list" />}>
                {t("spread.learn.models")}
              </Menu.Item>
              {me?.sign_in && (
                <Menu.Item leftSection={<Icon name="person" />} onClick={() => setDoing("share")}>
                  {t("sharing.who")}
                </Menu.Item>
              )}
              <Menu.Item color="red" leftSection={<Icon name="trash" />} onClick={() => setDoing("remove")}>
                {t("common.delete")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
        {doing === "incidents" && <AddIncidents network={network.name} onClose={done} />}
        {doing === "share" && <ShareNetwork network={network} onClose={done} />}
        {doing === "remove" && <RemoveNetwork name={network.name} onClose={done} />}
      </Table.Td>
    </Table.Tr>
  );
}

function RemoveNetwork({ name, onClose }: { name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.networks.remove(name),
    onSuccess: async () => {
      onClose();
      await changedNetworks(queries);
    },
  });
  return <Confirm question={t("spread.removeSure", { name })} action={t("spread.remove")} busy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate()} onClose={onClose} />;
}
