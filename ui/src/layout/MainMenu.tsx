import { ActionIcon, Menu, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api } from "../api";
import { Icon } from "../parts/Icon";
import { useMe } from "../queries";
import classes from "./Layout.module.css";
import type { Place } from "./usePlaces";

/** Account, sign-out, and on a narrow screen the places too. */
export function MainMenu({ places, onHelp }: { places: Place[]; onHelp: () => void }) {
  const { t } = useTranslation();
  const me = useMe().data;
  const queries = useQueryClient();
  const go = useNavigate();
  const leave = async () => {
    await api.auth.logout().catch(() => undefined);
    queries.clear();
    await go("/sign-in");
  };
  return (
    <Menu position="bottom-end" width={230} returnFocus withinPortal={false}>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t("nav.menu")}>
          <Icon name={me?.person ? "person" : "list"} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {me?.person && (
          <Menu.Label>
            <Text size="sm" truncate>
              {me.person.name || me.person.email}
            </Text>
            {me.person.name ? me.person.email : null}
          </Menu.Label>
        )}
        <div className={classes.narrow}>
          {places.map(({ to, label }) => (
            <Menu.Item key={to} component={Link} to={to}>
              {label}
            </Menu.Item>
          ))}
        </div>
        {me?.person && (
          <Menu.Item component={Link} to="/account" leftSection={<Icon name="key" />}>
            {t("nav.account")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Icon name="keyboard" />} onClick={onHelp}>
          {t("shortcuts.title")}
        </Menu.Item>
        <Menu.Item component="a" href="/docs" leftSection={<Icon name="external" />}>
          {t("nav.api")}
        </Menu.Item>
        {me?.person && (
          <Menu.Item leftSection={<Icon name="signOut" />} onClick={() => void leave()}>
            {t("nav.signOut")}
          </Menu.Item>
        )}
        {me && <Menu.Label>Vedette {me.version}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}
