import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useLocation, useNavigate } from "react-router";
import { AddressField } from "../account/AddressField";
import { PasswordField } from "../account/PasswordField";
import { api } from "../api";
import { chooseLanguage, isLanguage } from "../i18n";
import { fieldsOf } from "../parts/fields";
import { PageFrame } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import { KEYS, useMe } from "../queries";

/** Where to go afterwards: a place of this page that asked for signing in, else the chat. */
const placeOf = (state: unknown) => (state as { from?: string } | null)?.from ?? "/";

export default function SignIn() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const go = useNavigate();
  const { state } = useLocation();
  const me = useMe().data;
  const enter = useMutation({
    mutationFn: async ({ email = "", password = "" }: Record<string, string>) => {
      await api.auth.login(email.trim(), password);
      return queries.fetchQuery({ queryKey: KEYS.me, queryFn: api.me, staleTime: 0 });
    },
    onSuccess: async (found) => {
      if (isLanguage(found.person?.language)) await chooseLanguage(found.person.language);
      await go(placeOf(state), { replace: true });
    },
  });
  if (me?.person && enter.isIdle) return <Navigate to={placeOf(state)} replace />;
  return (
    <PageFrame title={t("account.signIn")} size="narrow">
      <form onSubmit={(event) => enter.mutate(fieldsOf(event))}>
        <Stack>
          {enter.isError && <Problem error={enter.error} />}
          <AddressField autoFocus />
          <PasswordField />
          <Button type="submit" loading={enter.isPending}>
            {t("account.signIn")}
          </Button>
        </Stack>
      </form>
      <Stack gap="xs" mt="lg">
        <Anchor component={Link} to="/forgot" size="sm">
          {t("account.forgotten")}
        </Anchor>
        <Text size="sm">
          {t("account.noAccount")}{" "}
          {me?.registration === false ? (
            t("account.closed")
          ) : (
            <Anchor component={Link} to="/register" inherit underline="always">
              {t("account.register")}
            </Anchor>
          )}
        </Text>
      </Stack>
    </PageFrame>
  );
}
