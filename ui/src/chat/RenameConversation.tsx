import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type ConversationInfo } from "../api";
import { useErrorText } from "../parts/Problem";
import { KEYS } from "../queries";

export function RenameConversation({ info, onClose }: { info: ConversationInfo; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [title, setTitle] = useState(info.title);
  const rename = useMutation({
    mutationFn: () => api.conversations.rename(info.id, title.trim()),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: KEYS.conversations });
      await queries.invalidateQueries({ queryKey: KEYS.conversation(info.id) });
    },
  });
  const problem = useErrorText(rename.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={t("common.rename")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t("chat.title")}
          value={title}
          maxLength={200}
          error={rename.isError && problem}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={rename.isPending} disabled={!title.trim()}>
            {t("common.save")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
