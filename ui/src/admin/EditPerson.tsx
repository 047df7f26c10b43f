import { NativeSelect, TagsInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Person, type Role, type Tlp } from "../api";
import { LABELS } from "../documents/TlpInput";
import { fieldsOf } from "../parts/fields";
import { FormDialog } from "../parts/FormDialog";
import { RoleInput } from "./RoleInput";
import { useChange } from "./useChange";

interface Props {
  person: Person;
  /** The groups that there are. */
  groups: string[];
  onClose: () => void;
}

/** Role, groups and clearance. What is taken away is gone at their next request. */
export function EditPerson({ person, groups, onClose }: Props) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(person.groups);
  const change = useChange(
    ({ role, clearance }: Record<string, string>) =>
      api.admin.change(person.id, { role: role as Role, groups: chosen, clearance: clearance as Tlp }),
    onClose,
  );
  return (
    <FormDialog
      title={person.name || person.email}
      busy={change.isPending}
      error={change.error}
      onSubmit={(event) => change.mutate(fieldsOf(event))}
      onClose={onClose}
    >
      <RoleInput role={person.role} />
      <TagsInput label={t("admin.groups")} description={t("admin.groupsHint")} data={groups} value={chosen} onChange={setChosen} />
      <NativeSelect
        name="clearance"
        label={t("admin.clearance")}
        description={t("admin.clearanceHint")}
        defaultValue={person.clearance}
        data={LABELS.map((label) => ({ value: label, label: `TLP:${label}` }))}
      />
    </FormDialog>
  );
}
