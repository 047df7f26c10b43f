import { Autocomplete, type ComboboxLikeRenderOptionInput, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Spread.module.css";
import { useWeaknesses } from "./useWeaknesses";

interface Props {
  label: string;
  description?: string;
}

const AT_ONCE = 40;

/** One vulnerability of the network, or none. */
export function WeaknessInput({ value, onChange, ...texts }: Props & { value: string; onChange: (cve: string) => void }) {
  const { t } = useTranslation();
  const { data, option } = useOptions();
  return <Autocomplete {...texts} value={value} onChange={onChange} data={data} limit={AT_ONCE} renderOption={option} placeholder={t("spread.anyWeakness")} />;
}

/** Several vulnerabilities of the network. */
export function WeaknessesInput({ value, onChange, ...texts }: Props & { value: string[]; onChange: (cves: string[]) => void }) {
  const { t } = useTranslation();
  const { data, option } = useOptions();
  return (
    <TagsInput
      {...texts}
      value={value}
      onChange={onChange}
      data={data}
      limit={AT_ONCE}
      renderOption={option}
      splitChars={[",", ";", " "]}
      clearable={value.length > 1}
      clearButtonProps={{ "aria-label": t("spread.clear") }}
      placeholder={value.length ? "" : "CVE-…"}
    />
  );
}

function useOptions() {
  const { t } = useTranslation();
  const hosts = useWeaknesses();
  const option = ({ option: { value } }: ComboboxLikeRenderOptionInput<{ value: string }>) => (
    <span>
      {value}
      <span className={classes.about}>{t("spread.hosts", { count: hosts.get(value) ?? 0 })}</span>
    </span>
  );
  return { data: [...hosts.keys()], option };
}
