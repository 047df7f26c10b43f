import { Button, Group, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { fieldsOf } from "../parts/fields";
import { Problem } from "../parts/Problem";
import { Section } from "../parts/Section";
import { useFaults } from "../parts/useFaults";
import { KEYS } from "../queries";
import { PasswordField } from "./PasswordField";
import { Saved } from "./Saved";

/** A new password ends all other sessions. */
export function PasswordForm() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: ({ old = "", password = "" }: Record<string, string>) => api.auth.changePassword(old, password),
    onSuccess: async () => {
      faults.form.current?.reset();
      await queries.invalidateQueries({ queryKey: KEYS.sessions });
    },
  });
  const faults = useFaults(change.error);
  return (
    <Section title={t("account.changePassword")}>
      <form ref={faults.form} onSubmit={(event) => change.mutate(fieldsOf(event))}>
        <Stack maw="26rem">
          {faults.rest !== null && <Problem error={faults.rest} />}
          <PasswordField name="old" label={t("account.oldPassword")} error={faults.at("old")} />
          <PasswordField fresh label={t("account.newPassword")} error={faults.at("password")} />
          <Group>
            <Button type="submit" loading={change.isPending}>
              {t("account.changePassword")}
            </Button>
            <Saved when={change.isSuccess} text={t("account.passwordChanged")} />
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
