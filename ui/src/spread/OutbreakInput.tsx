import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { KEYS } from "../queries";
import { useNetworks } from "./useForecasts";
import { useSpread } from "./useSpread";

/** An outbreak of the network's history, to go on from its last incident; nothing where there is no history. */
export function OutbreakInput({ value, onChange }: { value: string; onChange: (outbreak: string) => void }) {
  const { t } = useTranslation();
  const { network } = useSpread().draft;
  const known = (useNetworks().data?.find((one) => one.name === network)?.incidents ?? 0) > 0;
  const incidents = useQuery({ queryKey: KEYS.incidents(network), queryFn: () => api.networks.incidents(network), enabled: known });
  const outbreaks = new Set([...(incidents.data ?? []).map((one) => one.outbreak), value]);
  outbreaks.delete("");
  if (outbreaks.size === 0) return null;
  return (
    <NativeSelect
      label={t("spread.outbreak")}
      description={t("spread.outbreakHint")}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[{ value: "", label: t("spread.noOutbreak") }, ...outbreaks]}
    />
  );
}
