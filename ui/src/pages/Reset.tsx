import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate } from "react-router";
import { FormDone } from "../account/FormDone";
import { PasswordField } from "../account/PasswordField";
import { api } from "../api";
import { fieldsOf } from "../parts/fields";
import { PageFrame } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import { useFaults } from "../parts/useFaults";

/** Sets a new password by a link, /reset#token=…; the token is taken out of the address at once. */
export default function Reset() {
  const { t } = useTranslation();
  const { hash } = useLocation();
  const go = useNavigate();
  const [token] = useState(() => new URLSearchParams(hash.slice(1)).get("token") ?? "");
  useEffect(() => {
    if (hash) void go("/reset", { replace: true });
  }, [hash, go]);
  const reset = useMutation({ mutationFn: ({ password = "" }: Record<string, string>) => api.auth.reset(token, password) });
  const faults = useFaults(reset.error);
  return (
    <PageFrame title={t("account.newPassword")} size="narrow">
      {reset.isSuccess ? (
        <FormDone>{t("account.resetDone")}</FormDone>
      ) : token ? (
        <form ref={faults.form} onSubmit={(event) => reset.mutate(fieldsOf(event))}>
          <Stack>
            {faults.rest !== null && <Problem error={faults.rest} />}
            <PasswordField fresh autoFocus label={t("account.newPassword")} error={faults.at("password")} />
            <Button type="submit" loading={reset.isPending}>
              {t("common.save")}
            </Button>
          </Stack>
        </form>
      ) : (
        <Text>{t("account.noToken")}</Text>
      )}
      <Stack gap="xs" mt="lg">
        {!reset.isSuccess && (
          <Anchor component={Link} to="/forgot" size="sm">
            {t("account.sendLink")}
          </Anchor>
        )}
        <Anchor component={Link} to="/sign-in" size="sm">
          {t("account.signIn")}
        </Anchor>
      </Stack>
    </PageFrame>
  );
}
