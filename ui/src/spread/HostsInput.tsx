import { type ComboboxLikeRenderOptionInput, type OptionsFilter, TagsInput } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Spread.module.css";
import { useSpread } from "./useSpread";

interface Props {
  label: string;
  description?: string;
  value: string[];
  onChange: (hosts: string[]) => void;
  required?: boolean;
}

const AT_ONCE = 40;

/** Chooses hosts by id, name, address or group; several can be pasted, with commas between them. */
export function HostsInput({ label, description, value, onChange, required = false }: Props) {
  const { t } = useTranslation();
  const { assets } = useSpread();
  const ids = useMemo(() => [...assets.keys()], [assets]);
  const about = (id: string): string => {
    const asset = assets.get(id);
    return asset ? [asset.name !== id && asset.name, ...asset.addresses, asset.group].filter(Boolean).join(" · ") : "";
  };
  const filter: OptionsFilter = ({ options, search, limit }) => {
    const wanted = search.trim().toLowerCase();
    const found: typeof options = [];
    for (const option of options) {
      if (found.length >= limit) break;
      if ("value" in option && `${option.value} ${about(String(option.value))}`.toLowerCase().includes(wanted)) found.push(option);
    }
    return found;
  };
  const option = ({ option: { value: id } }: ComboboxLikeRenderOptionInput<{ value: string }>) => (
    <span>
      {id}
      {about(id) && <span className={classes.about}>{about(id)}</span>}
    </span>
  );
  const unknown = assets.size > 0 ? value.filter((id) => !assets.has(id)) : [];
  return (
    <TagsInput
      label={label}
      description={description}
      withAsterisk={required}
      value={value}
      onChange={onChange}
      data={ids}
      limit={AT_ONCE}
      filter={filter}
      renderOption={option}
      clearable={value.length > 1}
      clearButtonProps={{ "aria-label": t("spread.clear") }}
      placeholder={value.length ? "" : t("spread.searchHosts")}
      splitChars={[",", ";"]}
      error={unknown.length ? t("spread.unknownHosts", { hosts: unknown.join(", ") }) : null}
    />
  );
}
