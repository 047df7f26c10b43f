import { useTranslation } from "react-i18next";
import { api, type Person } from "../api";
import { Confirm } from "../parts/Confirm";
import { useChange } from "./useChange";

export function RemovePerson({ person, onClose }: { person: Person; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useChange(() => api.admin.remove(person.id), onClose);
  return (
    <Confirm
      question={t("admin.removeSure", { name: person.name || person.email })}
      action={t("common.delete")}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined)}
      onClose={onClose}
    />
  );
}
