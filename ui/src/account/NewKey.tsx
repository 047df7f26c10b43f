import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { fieldsOf } from "../parts/fields";
import { Problem } from "../parts/Problem";
import { useFaults } from "../parts/useFaults";
import { KEYS } from "../queries";
import { ShownOnce } from "./ShownOnce";

const DAYS = [30, 90, 365, 0] as const;

/** Makes a key and shows it this once. */
export function NewKey({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: ({ name = "", days = "0" }: Record<string, string>) => api.auth.makeKey(name.trim(), Number(days)),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEYS.apiKeys }),
  });
  const faults = useFaults(make.error);
  const shown = make.data !== undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("account.makeKey")}
      closeOnClickOutside={!shown}
      closeOnEscape={!shown}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {shown ? (
        <ShownOnce label={t("account.yourKey")} secret={make.data.secret} onClose={onClose} />
      ) : (
        <form ref={faults.form} onSubmit={(event) => make.mutate(fieldsOf(event))}>
          <Stack>
            {faults.rest !== null && <Problem error={faults.rest} />}
            <TextInput
              name="name"
              label={t("account.keyName")}
              description={t("account.keyNameHint")}
              required
              withAsterisk={false}
              maxLength={100}
              data-autofocus
              error={faults.at("name")}
            />
            <NativeSelect
              name="days"
              label={t("account.keyDays")}
              defaultValue="90"
              data={DAYS.map((days) => ({ value: String(days), label: days ? t("account.days", { count: days }) : t("account.forEver") }))}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t("common.cancel")}
              </Button>
              <Button type="submit" loading={make.isPending}>
                {t("account.makeKey")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
