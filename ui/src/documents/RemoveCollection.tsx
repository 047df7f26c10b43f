import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, type CollectionInfo } from "../api";
import { Confirm } from "../parts/Confirm";
import { changedDocuments } from "../queries";

export function RemoveCollection({ collection, onClose }: { collection: CollectionInfo; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const go = useNavigate();
  const remove = useMutation({
    mutationFn: () => api.removeCollection(collection.name),
    onSuccess: async () => {
      onClose();
      await go("/documents");
      await changedDocuments(queries);
    },
  });
  return (
    <Confirm
      question={t("documents.removeCollectionSure", { name: collection.name, count: collection.documents })}
      action={t("documents.removeCollection")}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
