import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AddressField } from "../account/AddressField";
import { PasswordField } from "../account/PasswordField";
import { api, type Role } from "../api";
import { fieldsOf } from "../parts/fields";
import { Problem } from "../parts/Problem";
import { useFaults } from "../parts/useFaults";
import classes from "./Admin.module.css";
import { RoleInput } from "./RoleInput";
import { useChange } from "./useChange";

/** Makes an account with a first password, which its owner changes. */
export function NewPerson({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const [visible, setVisible] = useState(false);
  const make = useChange(
    ({ email = "", name = "", role }: Record<string, string>) => api.admin.create(email.trim(), password, name.trim(), role as Role),
    onClose,
  );
  const faults = useFaults(make.error);
  const suggest = () => {
    setPassword(suggestion());
    setVisible(true);
  };
  return (
    <Modal opened onClose={onClose} title={t("admin.newPerson")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form ref={faults.form} onSubmit={(event) => make.mutate(fieldsOf(event))}>
        <Stack>
          {faults.rest !== null && <Problem error={faults.rest} />}
          <AddressField autoComplete="off" data-autofocus error={faults.at("email")} />
          <TextInput name="name" label={t("account.name")} maxLength={200} autoComplete="off" error={faults.at("name")} />
          <RoleInput role="reader" />
          <PasswordField
            fresh
            label={t("admin.firstPassword")}
            value={password}
            visible={visible}
            onVisibilityChange={setVisible}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={faults.at("password")}
          />
          <Button variant="light" size="xs" onClick={suggest} className={classes.suggest}>
            {t("admin.suggest")}
          </Button>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {t("admin.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** 20 letters and digits of 32 that are not taken for one another: 100 bits. */
function suggestion(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789-";
  return [...crypto.getRandomValues(new Uint8Array(20))].map((byte) => letters[byte % letters.length]).join("");
}
