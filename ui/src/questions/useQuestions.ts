import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type QueuedQuestion, type Thumb } from "../api";
import { KEYS } from "../queries";

const AT_ONCE = 20;
const EVERY_MS = 4_000;

/** Whether something still happens to it: it is not answered yet, or its mail is on its way. */
export const isOpen = ({ state, mail }: QueuedQuestion): boolean =>
  state === "waiting" || state === "answering" || mail === "waiting" || mail === "sending";

export const mailFailed = ({ mail }: QueuedQuestion): boolean => mail === "refused" || mail === "bounced";

/** One's own, the last asked first; read again every few seconds while one of them is open. */
export function useQuestions() {
  return useInfiniteQuery({
    queryKey: KEYS.questions,
    queryFn: ({ pageParam }) => api.questions.list(AT_ONCE, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.length === AT_ONCE ? last.at(-1)?.asked : undefined),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.pages.flat().some(isOpen) ? EVERY_MS : false),
  });
}

export function useQuestion(id: string) {
  return useQuery({
    queryKey: KEYS.question(id),
    queryFn: () => api.questions.get(id),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? EVERY_MS : false),
  });
}

/** Work on one question of one's own; what the server says of it afterwards is shown. */
export function useQuestionWork(id: string) {
  const queries = useQueryClient();
  const shown = {
    onSuccess: (question: QueuedQuestion) => queries.setQueryData(KEYS.question(id), question),
    onSettled: () =>
      Promise.all([KEYS.questions, KEYS.question(id)].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  };
  const cancel = useMutation({ mutationFn: () => api.questions.cancel(id), ...shown });
  const retry = useMutation({ mutationFn: () => api.questions.retry(id), ...shown });
  const rate = useMutation({
    mutationFn: ({ thumb, why }: { thumb: Thumb; why: string }) => api.questions.rate(id, thumb, why),
    ...shown,
  });
  return { cancel, retry, rate: (thumb: Thumb, why: string) => rate.mutate({ thumb, why }) };
}
