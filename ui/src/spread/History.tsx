import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import { Section } from "../parts/Section";
import { AddIncidents } from "./AddIncidents";
import { OutbreakTable } from "./OutbreakTable";
import { useIncidents } from "./useForecasts";

/** The past outbreaks of a network, which rates and models learn from. */
export function History({ network, editor }: { network: string; editor: boolean }) {
  const { t } = useTranslation();
  const incidents = useIncidents(network);
  const [adding, setAdding] = useState(false);
  const add = (
    <Button size="xs" variant="default" leftSection={<Icon name="upload" size={16} />} onClick={() => setAdding(true)}>
      {t("spread.learn.addIncidents")}
    </Button>
  );
  return (
    <Section title={t("spread.learn.history")} aside={editor && add}>
      {incidents.isError && <Problem error={incidents.error} again={() => void incidents.refetch()} />}
      {incidents.data && (incidents.data.length ? <OutbreakTable network={network} incidents={incidents.data} /> : <Empty>{t("spread.learn.noHistory")}</Empty>)}
      {adding && <AddIncidents network={network} onClose={() => setAdding(false)} />}
    </Section>
  );
}
