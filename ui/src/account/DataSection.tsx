import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { stopAll } from "../chat/runs";
import { Confirm } from "../parts/Confirm";
import { Section } from "../parts/Section";
import { KEYS } from "../queries";
import { Saved } from "./Saved";

/** Deletes all that one asked, with its answers and ratings; the account stays. */
export function DataSection() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [sure, setSure] = useState(false);
  const forget = useMutation({
    mutationFn: () => {
      stopAll();
      return api.forgetMe();
    },
    onSuccess: () => {
      setSure(false);
      for (const queryKey of [KEYS.conversations, ["conversation"], KEYS.questions, ["question"]]) queries.removeQueries({ queryKey });
    },
  });
  const gone = forget.data;
  return (
    <Section title={t("account.data")}>
      <Text size="sm" c="var(--quiet)" mb="sm">
        {t("account.dataHint")}
      </Text>
      <Group>
        <Button color="red" variant="light" onClick={() => setSure(true)}>
          {t("account.deleteData")}
        </Button>
        <Saved
          when={gone !== undefined}
          text={`${t("account.goneConversations", { count: gone?.conversations ?? 0 })}, ${t("account.goneQuestions", { count: gone?.questions ?? 0 })}`}
        />
      </Group>
      {sure && (
        <Confirm
          question={t("account.deleteDataSure")}
          action={t("account.deleteData")}
          busy={forget.isPending}
          error={forget.error}
          onConfirm={() => forget.mutate()}
          onClose={() => setSure(false)}
        />
      )}
    </Section>
  );
}
