import { useTranslation } from "react-i18next";
import { api, type Person } from "../api";
import { Confirm } from "../parts/Confirm";
import { useChange } from "./useChange";

/** Keeps somebody out, or lets them in again. */
export function DisablePerson({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChange(() => api.admin.change(person.id, { disabled: !person.disabled }), onClose);
  const name = person.name || person.email;
  return (
    <Confirm
      question={person.disabled ? t("admin.letInSure", { name }) : t("admin.keepOutSure", { name })}
      action={person.disabled ? t("admin.letIn") : t("admin.keepOut")}
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate(undefined)}
      onClose={onClose}
    />
  );
}
