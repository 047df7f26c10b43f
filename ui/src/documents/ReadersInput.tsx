import { MultiSelect, type OptionsFilter } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useReaders } from "./useReaders";

interface Props {
  label: string;
  description: string;
  value: string[];
  onChange: (readers: string[]) => void;
}

const TAG = /^(?:group|user):\S{1,100}$/;

/** Chooses readers by name, or by a tag that is typed; those that were chosen before and are not known here stay, as they
 * are. */
export function ReadersInput({ label, description, value, onChange }: Props) {
  const { t } = useTranslation();
  const { options, nameOf } = useReaders();
  const [search, setSearch] = useState("");
  const typed = TAG.test(search.trim()) ? search.trim() : "";
  const known = (tag: string) => options.some((option) => option.value === tag);
  const strange = value.filter((tag) => !known(tag)).map((tag) => ({ value: tag, label: nameOf(tag) }));
  const fresh = typed && !known(typed) && !value.includes(typed) ? [{ value: typed, label: typed }] : [];
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !search) return;
    event.preventDefault(); // the form is not sent while something is being typed
    if (!typed) return;
    // An option that was chosen with the arrows is put in after this, and in its place.
    onChange([...new Set([...value, typed])]);
    setSearch("");
  };
  return (
    <MultiSelect
      label={label}
      description={description}
      value={value}
      onChange={onChange}
      data={[...options, ...strange, ...fresh]}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      onKeyDown={press}
      filter={byNameOrTag}
      clearable
      clearButtonProps={{ "aria-label": t("readers.clear") }}
      nothingFoundMessage={t("readers.none")}
      placeholder={value.length ? "" : t("readers.placeholder")}
    />
  );
}

const byNameOrTag: OptionsFilter = ({ options, search }) => {
  const wanted = search.trim().toLowerCase();
  const meant = (value: string) => wanted.includes(":") && value.toLowerCase().startsWith(wanted);
  return options.filter((one) => "value" in one && (one.label.toLowerCase().includes(wanted) || meant(String(one.value))));
};
