import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type DocumentInfo } from "../api";
import { Confirm } from "../parts/Confirm";
import { changedDocuments, KEYS } from "../queries";

export function RemoveDocument({ info, onClose }: { info: DocumentInfo; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.documents.remove(info.id),
    onSuccess: async () => {
      onClose();
      queries.removeQueries({ queryKey: KEYS.document(info.id) });
      await changedDocuments(queries);
    },
  });
  return (
    <Confirm
      question={t("documents.removeSure", { title: info.title })}
      action={t("common.delete")}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
