import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useIncidents, useNetworks } from "./useForecasts";
import { useSpread } from "./useSpread";

/** An outbreak of the network's history, to go on from its last incident; nothing where there is no history. */
export function OutbreakInput({ value, onChange }: { value: string; onChange: (outbreak: string) => void }) {
  const { t } = useTranslation();
  const { network } = useSpread().draft;
  const known = (useNetworks().data?.find((one) => one.name === network)?.incidents ?? 0) > 0;
  const incidents = useIncidents(network, known);
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
