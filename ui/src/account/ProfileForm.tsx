import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Person } from "../api";
import { chooseLanguage, isLanguage, LANGUAGES } from "../i18n";
import { fieldsOf } from "../parts/fields";
import { Problem } from "../parts/Problem";
import { Section } from "../parts/Section";
import { useFaults } from "../parts/useFaults";
import { KEYS } from "../queries";
import { Saved } from "./Saved";

export function ProfileForm({ person }: { person: Person }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: ({ name = "", language = "" }: Record<string, string>) => api.rename(name.trim(), language),
    onSuccess: async ({ language }) => {
      if (isLanguage(language)) await chooseLanguage(language);
      await queries.invalidateQueries({ queryKey: KEYS.me });
    },
  });
  const faults = useFaults(save.error);
  const languages = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));
  return (
    <Section title={t("account.profile")}>
      <form ref={faults.form} onSubmit={(event) => save.mutate(fieldsOf(event))}>
        <Stack maw="26rem">
          {faults.rest !== null && <Problem error={faults.rest} />}
          <Text size="sm">
            {person.email} · {t(`role.${person.role}`)}
            {person.groups.length > 0 && ` · ${person.groups.join(", ")}`}
            {person.role !== "admin" && ` · TLP:${person.clearance}`}
          </Text>
          <TextInput
            name="name"
            label={t("account.name")}
            description={t("account.nameHint")}
            defaultValue={person.name}
            maxLength={200}
            autoComplete="name"
            error={faults.at("name")}
          />
          <NativeSelect
            name="language"
            label={t("nav.language")}
            description={t("account.languageHint")}
            defaultValue={person.language || i18n.language}
            data={languages}
          />
          <Group>
            <Button type="submit" loading={save.isPending}>
              {t("common.save")}
            </Button>
            <Saved when={save.isSuccess} />
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
