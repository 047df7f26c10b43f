import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, type ConversationInfo } from "../api";
import { Confirm } from "../parts/Confirm";
import { KEYS } from "../queries";
import { stop } from "./runs";

interface Props {
  info: ConversationInfo;
  current: boolean;
  onClose: () => void;
}

export function DeleteConversation({ info, current, onClose }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const go = useNavigate();
  const remove = useMutation({
    mutationFn: () => {
      stop(info.id);
      return api.conversations.remove(info.id);
    },
    onSuccess: async () => {
      onClose();
      if (current) await go("/");
      queries.removeQueries({ queryKey: KEYS.conversation(info.id) });
      await queries.invalidateQueries({ queryKey: KEYS.conversations });
    },
  });
  return (
    <Confirm
      question={t("chat.deleteSure", { title: info.title || t("chat.untitled") })}
      action={t("common.delete")}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
