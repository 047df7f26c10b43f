import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useNavigate } from "react-router";
import { api, type Conversation } from "../api";
import { KEYS } from "../queries";
import { ask } from "./runs";
import { useConversation } from "./useConversation";

/** Asking in the conversation `id`, and beginning a new one. */
export function useChat(id: string | undefined) {
  const queries = useQueryClient();
  const go = useNavigate();
  const collection = useConversation(id).data?.info.collection ?? "default";

  const begin = useCallback(
    async (text: string, within: string) => {
      const info = await api.conversations.begin(within);
      queries.setQueryData<Conversation>(KEYS.conversation(info.id), { info, turns: [], summary: "", summarised: 0 });
      void ask(queries, { conversation: info.id, text });
      await go(`/c/${info.id}`);
    },
    [queries, go],
  );

  const here = useCallback(
    (text: string) => {
      if (id) void ask(queries, { conversation: id, text });
    },
    [queries, id],
  );

  return { collection, begin, ask: here };
}
