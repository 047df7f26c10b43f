import { useDisclosure } from "@mantine/hooks";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Outlet } from "react-router";
import { adoptLanguage } from "../i18n";
import { Loading } from "../parts/Loading";
import { useMe } from "../queries";
import { Header } from "./Header";
import classes from "./Layout.module.css";
import { Shortcuts } from "./Shortcuts";
import { useShortcut } from "./useShortcut";

/** Header and page. The page scrolls by itself, the header stays. */
export function Layout() {
  const { t } = useTranslation();
  const [helped, help] = useDisclosure(false);
  const me = useMe().data;
  const language = me?.person?.language || me?.language_default || "";
  useEffect(() => void adoptLanguage(language), [language]);
  useShortcut("help", help.toggle);
  return (
    <div className={classes.layout}>
      <a href="#main" className={classes.skip}>
        {t("nav.skip")}
      </a>
      <Header onHelp={help.open} />
      <main id="main" tabIndex={-1} className={classes.main}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
      <Shortcuts opened={helped} onClose={help.close} />
    </div>
  );
}
