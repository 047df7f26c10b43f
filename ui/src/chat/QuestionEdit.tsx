import { Button, Group, Text, Textarea } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  text: string;
  onSend: (text: string) => void;
  onCancel: () => void;
}

export function QuestionEdit({ text, onSend, onCancel }: Props) {
  const { t } = useTranslation();
  const [value, setValue] = useState(text);
  const send = () => value.trim() && onSend(value.trim());
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") onCancel();
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  };
  return (
    <div>
      <Textarea
        autoFocus
        autosize
        maxLength={4000}
        label={t("chat.editQuestion")}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        onKeyDown={keys}
      />
      <Group justify="space-between" mt="xs" gap="xs">
        <Text size="xs" c="var(--quiet)">
          {t("chat.editNote")}
        </Text>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={onCancel}>
            {t("common.cancel")}
          </Button>
          <Button size="xs" onClick={send} disabled={!value.trim()}>
            {t("chat.askAgain")}
          </Button>
        </Group>
      </Group>
    </div>
  );
}
