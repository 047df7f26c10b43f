import { ActionIcon, Badge, Menu, Table } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Person } from "../api";
import { Tlp } from "../documents/Tlp";
import { Icon } from "../parts/Icon";
import tables from "../parts/Table.module.css";
import { when } from "../parts/when";
import { DisablePerson } from "./DisablePerson";
import { EditPerson } from "./EditPerson";
import { RemovePerson } from "./RemovePerson";
import { ResetLink } from "./ResetLink";

export function PersonRow({ person, groups }: { person: Person; groups: string[] }) {
  const { t, i18n } = useTranslation();
  const [doing, setDoing] = useState<"edit" | "link" | "disable" | "remove" | null>(null);
  const done = () => setDoing(null);
  const name = person.name || person.email;
  const seen = when(person.seen, i18n.language) || t("account.never");
  return (
    <Table.Tr>
      <Table.Td>
        {name} {person.disabled && <Badge color="gray">{t("admin.disabled")}</Badge>}
        {person.name && <div className={tables.quiet}>{person.email}</div>}
        <div className={`${tables.quiet} ${tables.small}`}>
          {[t(`role.${person.role}`), ...person.groups, person.role === "admin" ? "" : `TLP:${person.clearance}`].filter(Boolean).join(" · ")}
        </div>
      </Table.Td>
      <Table.Td className={tables.wide}>{t(`role.${person.role}`)}</Table.Td>
      <Table.Td className={tables.wide}>{person.groups.join(", ")}</Table.Td>
      <Table.Td className={tables.wide}>{person.role === "admin" ? t("admin.everything") : <Tlp label={person.clearance} />}</Table.Td>
      <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{seen}</Table.Td>
      <Table.Td className={tables.end}>
        <Menu position="bottom-end" returnFocus>
          <Menu.Target>
            <ActionIcon aria-label={t("chat.actions", { title: name })}>
              <Icon name="dots" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<Icon name="edit" />} onClick={() => setDoing("edit")}>
              {t("admin.edit")}
            </Menu.Item>
            {!person.disabled && (
              <Menu.Item leftSection={<Icon name="key" />} onClick={() => setDoing("link")}>
                {t("admin.resetLink")}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<Icon name="stop" />} onClick={() => setDoing("disable")}>
              {person.disabled ? t("admin.letIn") : t("admin.keepOut")}
            </Menu.Item>
            <Menu.Item color="red" leftSection={<Icon name="trash" />} onClick={() => setDoing("remove")}>
              {t("common.delete")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        {doing === "edit" && <EditPerson person={person} groups={groups} onClose={done} />}
        {doing === "link" && <ResetLink person={person} onClose={done} />}
        {doing === "disable" && <DisablePerson person={person} onClose={done} />}
        {doing === "remove" && <RemovePerson person={person} onClose={done} />}
      </Table.Td>
    </Table.Tr>
  );
}
