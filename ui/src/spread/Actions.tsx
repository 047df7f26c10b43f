import { Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ContainWish } from "../api";
import { Section } from "../parts/Section";
import { ContainForm } from "./ContainForm";
import { WhatIfForm } from "./WhatIfForm";

/** What can be done about it: try a change, or let the best measures be found. */
export function Actions({ wish = null }: { wish?: ContainWish | null }) {
  const { t } = useTranslation();
  return (
    <Section title={t("spread.actions")}>
      <Tabs defaultValue={wish ? "contain" : "whatif"}>
        <Tabs.List mb="md">
          <Tabs.Tab value="whatif">{t("spread.whatIf")}</Tabs.Tab>
          <Tabs.Tab value="contain">{t("spread.contain")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="whatif">
          <WhatIfForm />
        </Tabs.Panel>
        <Tabs.Panel value="contain">
          <ContainForm wish={wish} />
        </Tabs.Panel>
      </Tabs>
    </Section>
  );
}
