import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api, type ForecastJob, type NewForecast } from "../api";
import { KEYS } from "../queries";
import { isOpen, jobAddress } from "./scenario";

const LOOK_AGAIN_MS = 700;
/** Most are done within it, and need not be asked for again. */
export const WAIT_S = 2;

export const useNetworks = () => useQuery({ queryKey: KEYS.networks, queryFn: api.networks.list });

/** A network with all that is in it. */
export const useNetwork = (name: string) =>
  useQuery({ queryKey: KEYS.network(name), queryFn: () => api.networks.get(name), staleTime: 300_000 });

/** The models of counts of a network, newest first. */
export const useModels = (name: string) => useQuery({ queryKey: KEYS.models(name), queryFn: () => api.networks.models(name) });

export const useIncidents = (name: string, enabled = true) =>
  useQuery({ queryKey: KEYS.incidents(name), queryFn: () => api.networks.incidents(name), enabled });

/** One's own forecasts, without their results. */
export const useForecasts = () =>
  useQuery({
    queryKey: KEYS.forecasts,
    queryFn: api.forecasts.list,
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? 3_000 : false),
  });

/** A forecast, looked at again until it is done. */
export const useForecast = (id: string | undefined) =>
  useQuery({
    queryKey: KEYS.forecast(id ?? ""),
    queryFn: () => api.forecasts.get(id ?? ""),
    enabled: Boolean(id),
    staleTime: 300_000,
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) && state.status !== "error" ? LOOK_AGAIN_MS : false),
  });

/** Begins a forecast and goes to its page. */
export function useBegin() {
  const queries = useQueryClient();
  const go = useNavigate();
  return useMutation({
    mutationFn: (asked: NewForecast) => api.forecasts.begin(asked),
    onSuccess: async (job) => {
      queries.setQueryData<ForecastJob>(KEYS.forecast(job.id), job);
      void queries.invalidateQueries({ queryKey: KEYS.forecasts });
      await go(jobAddress(job));
    },
  });
}

/** Stops a forecast that runs, or forgets one. */
export function useDrop(after?: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.forecasts.drop(id),
    onSuccess: async (_, id) => {
      after?.();
      queries.removeQueries({ queryKey: KEYS.forecast(id) });
      await queries.invalidateQueries({ queryKey: KEYS.forecasts });
    },
  });
}

export const changedNetworks = (queries: QueryClient) =>
  Promise.all([KEYS.networks, ["network"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
