import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Problem } from "./Problem";

interface Props {
  question: string;
  /** What the button says, which is red. */
  action: string;
  /** Nothing is lost by it: the button is not red. */
  harmless?: boolean;
  busy?: boolean;
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is gone for good. The safe button has the focus. */
export function Confirm({ question, action, harmless = false, busy = false, error, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={action} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Text>{question}</Text>
        {Boolean(error) && <Problem error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button {...(!harmless && { color: "red" })} loading={busy} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
