import { Menu, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { chooseLanguage, LANGUAGES, type Language } from "../i18n";
import { Icon } from "../parts/Icon";
import classes from "./LanguageMenu.module.css";

export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  const now = i18n.language as Language;
  return (
    <Menu position="bottom-end" returnFocus withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={classes.button}>
          <Icon name="globe" />
          <span className="visually-hidden">{`${t("nav.language")}: ${LANGUAGES[now]}`} </span>
          <span>{now.toUpperCase()}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.entries(LANGUAGES) as [Language, string][]).map(([language, name]) => (
          <Menu.Item
            key={language}
            lang={language}
            aria-current={language === now || undefined}
            rightSection={language === now ? <Icon name="check" size={16} /> : null}
            onClick={() => void chooseLanguage(language)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
