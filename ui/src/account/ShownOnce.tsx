import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { copyText } from "../parts/copy";
import { Icon } from "../parts/Icon";
import { Saved } from "./Saved";

/** A new secret, selected, ready to be copied. It is nowhere else. */
export function ShownOnce({ label, secret, onClose }: { label: string; secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  const box = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => box.current?.select(), []);
  const copy = async () => {
    await copyText(secret);
    setCopied(true);
  };
  return (
    <Stack>
      <TextInput
        ref={box}
        readOnly
        label={label}
        description={t("account.shownOnce")}
        value={secret}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Group justify="space-between">
        <Group gap="xs">
          <Button variant="light" leftSection={<Icon name="copy" size={16} />} onClick={() => void copy()}>
            {t("common.copy")}
          </Button>
          <Saved when={copied} text={t("common.copied")} />
        </Group>
        <Button onClick={onClose}>{t("account.done")}</Button>
      </Group>
    </Stack>
  );
}
