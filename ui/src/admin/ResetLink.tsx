import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ShownOnce } from "../account/ShownOnce";
import { api, type Person } from "../api";
import { Problem } from "../parts/Problem";

/** Makes a link that sets a new password, and shows it this once, to be handed over. */
export function ResetLink({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const make = useMutation({ mutationFn: () => api.admin.resetLink(person.id) });
  const shown = make.data !== undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("admin.resetLink")}
      closeOnClickOutside={!shown}
      closeOnEscape={!shown}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {shown ? (
        <ShownOnce label={t("admin.linkFor", { name: person.name || person.email })} secret={make.data} onClose={onClose} />
      ) : (
        <Stack>
          <Text size="sm">{t("admin.resetLinkHow", { name: person.name || person.email })}</Text>
          {make.isError && <Problem error={make.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button loading={make.isPending} onClick={() => make.mutate()} data-autofocus>
              {t("admin.makeLink")}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
