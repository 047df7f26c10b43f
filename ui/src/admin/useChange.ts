import { useMutation, useQueryClient } from "@tanstack/react-query";
import { KEYS } from "../queries";

/** A change to the accounts; afterwards the list is read anew and the dialog closed. */
export function useChange<T>(work: (given: T) => Promise<unknown>, onClose: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: KEYS.people });
      await queries.invalidateQueries({ queryKey: KEYS.me });
    },
  });
}
