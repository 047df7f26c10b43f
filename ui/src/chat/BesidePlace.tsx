import { Drawer } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "../parts/Loading";
import classes from "./ChatPage.module.css";
import { useBeside } from "./panel";

const BesidePanel = lazy(() => import("../source/BesidePanel"));

/** The place at the right for what an answer stands on; on a narrow screen a drawer. */
export function BesidePlace({ narrow }: { narrow: boolean }) {
  const { t } = useTranslation();
  const { panel, show } = useBeside();
  const close = () => show(null);
  const side = panel && (
    <Suspense fallback={<Loading />}>
      <BesidePanel panel={panel} onClose={close} />
    </Suspense>
  );
  if (narrow) {
    return (
      <Drawer.Root opened={panel !== null} onClose={close} position="right" size="100%" padding={0}>
        <Drawer.Content aria-label={t("source.panel")}>{side}</Drawer.Content>
      </Drawer.Root>
    );
  }
  return (
    side && (
      <aside className={classes.beside} aria-label={t("source.panel")}>
        {side}
      </aside>
    )
  );
}
