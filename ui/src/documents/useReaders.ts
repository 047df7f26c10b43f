import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Person, type Reader } from "../api";
import { KEYS, useMe } from "../queries";
import { may } from "../session/may";

/** Who can be named as a reader, and how a tag (`everyone`, `group:NAME`, `user:ID`) is called. Editors see who there is;
 * readers, who choose nobody, know themselves and their own groups. */
export function useReaders() {
  const { t } = useTranslation();
  const me = useMe().data;
  const chooses = Boolean(me?.sign_in) && may(me, "editor");
  const known = useQuery({ queryKey: KEYS.readers, queryFn: api.readers, enabled: chooses }).data ?? own(me?.person);
  const called = ({ tag, name }: Reader): string => {
    if (tag === "everyone") return t("readers.everyone");
    return tag.startsWith("group:") ? t("readers.group", { name }) : name;
  };
  const options = known.map((reader) => ({ value: reader.tag, label: called(reader) }));
  const nameOf = (tag: string): string => {
    const option = options.find(({ value }) => value === tag);
    if (option) return option.label;
    return tag.startsWith("group:") ? t("readers.group", { name: tag.slice(6) }) : t("readers.somebody");
  };
  return { options, nameOf, namesOf: (tags: readonly string[]) => tags.map(nameOf).join(", ") };
}

function own(person: Person | null | undefined): Reader[] {
  const groups = person?.groups.map((name) => ({ tag: `group:${name}`, name })) ?? [];
  const self = person ? [{ tag: `user:${person.id}`, name: person.name || person.email }] : [];
  return [{ tag: "everyone", name: "everyone" }, ...groups, ...self];
}
