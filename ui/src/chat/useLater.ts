import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, type Me, type QueuedQuestion } from "../api";
import { KEYS, useMe } from "../queries";

const KEPT = "vedette-training";

/** Putting a question into the line of those that are answered later. */
export interface Later {
  /** The answer comes by e-mail too. */
  mail: boolean;
  address: string;
  training: Me["training"];
  agreed: boolean;
  agree: (yes: boolean) => void;
  sending: boolean;
  error: Error | null;
  /** The question that was put into the line last. */
  queued: QueuedQuestion | undefined;
  /** Forget what was said of the last one. */
  dismiss: () => void;
  send: (text: string, onDone: () => void) => void;
}

/** How questions to a collection are put into the line; null until it is known who is here. */
export function useLater(collection: string): Later | null {
  const me = useMe().data;
  const queries = useQueryClient();
  const [agreed, setAgreed] = useState(() => localStorage.getItem(KEPT) === "yes");
  const last = useRef({ text: "", key: "" });
  const put = useMutation({
    mutationFn: (text: string) => {
      // Sent again after a failure, it is the same question: the answer to the first request may have been lost.
      if (last.current.text !== text) last.current = { text, key: newKey() };
      const consent = me?.training === "ask" ? { training: agreed } : {};
      return api.questions.ask({ text, collection, by_mail: me?.mail ?? false, key: last.current.key, ...consent });
    },
    onSuccess: () => {
      last.current = { text: "", key: "" };
      void queries.invalidateQueries({ queryKey: KEYS.questions });
    },
  });
  if (!me) return null;
  return {
    mail: me.mail,
    address: me.person?.email ?? "",
    training: me.training,
    agreed,
    agree: (yes) => {
      localStorage.setItem(KEPT, yes ? "yes" : "no");
      setAgreed(yes);
    },
    sending: put.isPending,
    error: put.error,
    queued: put.data,
    dismiss: put.reset,
    send: (text, onDone) => put.mutate(text, { onSuccess: onDone }),
  };
}

/** `randomUUID` is there over https alone. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
