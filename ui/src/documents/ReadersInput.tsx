import { MultiSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useReaders } from "./useReaders";

interface Props {
  label: string;
  description: string;
  value: string[];
  onChange: (readers: string[]) => void;
}

/** Chooses readers by name; those that were chosen before and are not known here stay, as they are. */
export function ReadersInput({ label, description, value, onChange }: Props) {
  const { t } = useTranslation();
  const { options, nameOf } = useReaders();
  const strange = value.filter((tag) => !options.some((option) => option.value === tag));
  return (
    <MultiSelect
      label={label}
      description={description}
      value={value}
      onChange={onChange}
      data={[...options, ...strange.map((tag) => ({ value: tag, label: nameOf(tag) }))]}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("readers.clear") }}
      nothingFoundMessage={t("readers.none")}
      placeholder={value.length ? "" : t("readers.placeholder")}
    />
  );
}
