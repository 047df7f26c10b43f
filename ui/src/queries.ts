import { QueryClient, useQuery } from "@tanstack/react-query";
import i18n from "i18next";
import { ApiError, api, onSignedOut } from "./api";

/** Keys of what is cached; `["conversation", id]` and `["conversations", search]` change while answers come. */
export const KEYS = {
  me: ["me"],
  collections: ["collections"],
  conversations: ["conversations"],
  conversation: (id: string) => ["conversation", id],
  questions: ["questions"],
  question: (id: string) => ["question", id],
  document: (id: string) => ["document", id],
  documents: ["documents"],
  failures: ["failures"],
  networks: ["networks"],
  network: (name: string) => ["network", name],
  // Below the network: who reads that anew reads this anew.
  incidents: (name: string) => ["network", name, "incidents"],
  models: (name: string) => ["network", name, "models"],
  forecasts: ["forecasts"],
  forecast: (id: string) => ["forecast", id],
  // A forecast that came with an answer, by the address of its scenario.
  answered: (address: string) => ["answered", address],
  sessions: ["sessions"],
  apiKeys: ["apiKeys"],
  people: ["people"],
  // Below the people: who reads those anew reads these anew.
  readers: ["people", "readers"],
  audit: ["audit"],
  auditState: ["auditState"],
  feedback: ["feedback"],
  queue: ["queue"],
  health: ["health"],
};

export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.retry),
      },
    },
  });
  onSignedOut(() => void client.invalidateQueries({ queryKey: KEYS.me }));
  // What these say of themselves is in the language that they were asked for in.
  const told = [KEYS.networks, ["network"], ["forecast"]];
  i18n.on("languageChanged", () => told.forEach((queryKey) => void client.invalidateQueries({ queryKey })));
  return client;
}

export const useMe = () => useQuery({ queryKey: KEYS.me, queryFn: api.me, staleTime: 300_000 });

export const useCollections = () => useQuery({ queryKey: KEYS.collections, queryFn: api.collections });

/** The document that sources count their offsets in: it changes only when it is read in anew. */
export const useDocument = (id: string | undefined) =>
  useQuery({
    queryKey: KEYS.document(id ?? ""),
    queryFn: () => api.documents.get(id ?? ""),
    enabled: Boolean(id),
    staleTime: 300_000,
  });

/** To be called when documents came, went or were shared anew. */
export const changedDocuments = (queries: QueryClient) =>
  Promise.all([KEYS.documents, KEYS.failures, KEYS.collections].map((queryKey) => queries.invalidateQueries({ queryKey })));
