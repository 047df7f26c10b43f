import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, type Conversation, type Thumb } from "../api";
import { KEYS } from "../queries";

/** What whoever is here thinks of the answer of a turn: stored, and then shown. */
export function useRateTurn(conversation: string, turn: string) {
  const queries = useQueryClient();
  const rate = useMutation({
    mutationFn: ({ thumb, why }: { thumb: Thumb; why: string }) => api.conversations.rate(conversation, turn, thumb, why),
    onSuccess: (rated) =>
      queries.setQueryData<Conversation>(KEYS.conversation(conversation), (old) => {
        if (!old) return old;
        const turns = old.turns.map((one) => (one.id === turn ? { ...one, thumb: rated.thumb, reason: rated.reason } : one));
        return { ...old, turns };
      }),
  });
  return (thumb: Thumb, why: string) => rate.mutate({ thumb, why });
}
