import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { PageFrame } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import { useMe } from "../queries";
import { may } from "../session/may";
import { AddNetwork } from "../spread/AddNetwork";
import { NetworkTable } from "../spread/NetworkTable";
import { RecentForecasts } from "../spread/RecentForecasts";
import classes from "../spread/Spread.module.css";
import { useNetworks } from "../spread/useForecasts";

/** The networks that there are, and what was forecast on them. */
export default function Spread() {
  const { t } = useTranslation();
  const editor = may(useMe().data, "editor");
  const networks = useNetworks();
  const [adding, setAdding] = useState(false);
  const add = (
    <Button leftSection={<Icon name="upload" />} onClick={() => setAdding(true)}>
      {t("spread.add")}
    </Button>
  );
  return (
    <PageFrame title={t("nav.spread")} aside={editor && add}>
      <Text mb="md">{t("spread.about")}</Text>
      <div className={classes.stack}>
        {networks.isPending && <Loading />}
        {networks.isError && <Problem error={networks.error} again={() => void networks.refetch()} />}
        {networks.data && (networks.data.length ? <NetworkTable networks={networks.data} /> : <Empty>{t(editor ? "spread.noNetworks" : "spread.noneReadable")}</Empty>)}
        <RecentForecasts />
      </div>
      {adding && <AddNetwork first={[]} onClose={() => setAdding(false)} />}
    </PageFrame>
  );
}
