import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { AddressField } from "../account/AddressField";
import { FormDone } from "../account/FormDone";
import { api } from "../api";
import { fieldsOf } from "../parts/fields";
import { PageFrame } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";

/** Asks for a link that sets a new password. The answer is the same for addresses without an account. */
export default function Forgot() {
  const { t } = useTranslation();
  const ask = useMutation({ mutationFn: ({ email = "" }: Record<string, string>) => api.auth.forgot(email.trim()) });
  return (
    <PageFrame title={t("account.forgotten")} size="narrow">
      {ask.isSuccess ? (
        <FormDone>{t("account.linkSent")}</FormDone>
      ) : (
        <form onSubmit={(event) => ask.mutate(fieldsOf(event))}>
          <Stack>
            <Text size="sm">{t("account.forgotHow")}</Text>
            {ask.isError && <Problem error={ask.error} />}
            <AddressField autoFocus />
            <Button type="submit" loading={ask.isPending}>
              {t("account.sendLink")}
            </Button>
          </Stack>
        </form>
      )}
      <Anchor component={Link} to="/sign-in" size="sm" display="inline-block" mt="lg">
        {t("account.signIn")}
      </Anchor>
    </PageFrame>
  );
}
