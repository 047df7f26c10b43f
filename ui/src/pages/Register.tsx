import { Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { AddressField } from "../account/AddressField";
import { FormDone } from "../account/FormDone";
import { PasswordField } from "../account/PasswordField";
import { api } from "../api";
import { fieldsOf } from "../parts/fields";
import { PageFrame } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import { useFaults } from "../parts/useFaults";
import { useMe } from "../queries";

/** Makes an account. Afterwards the same is said whether there was one already: nobody learns who has one. */
export default function Register() {
  const { t } = useTranslation();
  const register = useMutation({
    mutationFn: ({ email = "", password = "", name = "" }: Record<string, string>) =>
      api.auth.register(email.trim(), password, name.trim()),
  });
  const faults = useFaults(register.error);
  const me = useMe().data;
  const toSignIn = (
    <Anchor component={Link} to="/sign-in" inherit underline="always">
      {t("account.signIn")}
    </Anchor>
  );
  if (me?.registration === false) {
    return (
      <PageFrame title={t("account.register")} size="narrow">
        <Text>
          {t("account.closed")} {toSignIn}
        </Text>
      </PageFrame>
    );
  }
  return (
    <PageFrame title={t("account.register")} size="narrow">
      {register.isSuccess ? (
        <FormDone>
          {t("account.registered")} {toSignIn}
        </FormDone>
      ) : (
        <>
          <form ref={faults.form} onSubmit={(event) => register.mutate(fieldsOf(event))}>
            <Stack>
              {faults.rest !== null && <Problem error={faults.rest} />}
              <TextInput name="name" label={t("account.name")} maxLength={200} autoComplete="name" autoFocus error={faults.at("name")} />
              <AddressField error={faults.at("email")} />
              <PasswordField fresh error={faults.at("password")} />
              <Button type="submit" loading={register.isPending}>
                {t("account.register")}
              </Button>
            </Stack>
          </form>
          <Text size="sm" mt="lg">
            {t("account.haveAccount")} {toSignIn}
          </Text>
        </>
      )}
    </PageFrame>
  );
}
