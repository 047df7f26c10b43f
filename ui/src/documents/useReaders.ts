import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { KEYS, useMe } from "../queries";
import { may } from "../session/may";

export interface ReaderOption {
  value: string;
  label: string;
}

/** Who can be named as a reader, and how a tag (`everyone`, `group:NAME`, `user:ID`) is called. Only admins see who there
 * is; others choose from themselves and their own groups. */
export function useReaders() {
  const { t } = useTranslation();
  const me = useMe().data;
  const admin = Boolean(me?.sign_in) && may(me, "admin");
  const known = useQuery({ queryKey: KEYS.people, queryFn: api.admin.people, enabled: admin });
  const people = known.data ?? (me?.person ? [me.person] : []);
  const groups = [...new Set(people.flatMap((person) => person.groups))].sort();
  const options: ReaderOption[] = [
    { value: "everyone", label: t("readers.everyone") },
    ...groups.map((name) => ({ value: `group:${name}`, label: t("readers.group", { name }) })),
    ...people.map((person) => ({ value: `user:${person.id}`, label: person.name || person.email })),
  ];
  const nameOf = (tag: string): string => {
    const option = options.find(({ value }) => value === tag);
    if (option) return option.label;
    return tag.startsWith("group:") ? t("readers.group", { name: tag.slice(6) }) : t("readers.somebody");
  };
  return { options, nameOf, namesOf: (tags: readonly string[]) => tags.map(nameOf).join(", ") };
}
