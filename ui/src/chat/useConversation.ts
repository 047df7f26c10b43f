import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import { KEYS } from "../queries";

export function useConversation(id: string | undefined) {
  return useQuery({
    queryKey: KEYS.conversation(id ?? ""),
    queryFn: () => api.conversations.get(id ?? ""),
    enabled: Boolean(id),
  });
}
