import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type CollectionInfo } from "../api";
import { FormDialog } from "../parts/FormDialog";
import { changedDocuments } from "../queries";
import { ReadersInput } from "./ReadersInput";

export function ShareCollection({ collection, onClose }: { collection: CollectionInfo; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [readers, setReaders] = useState(collection.readers);
  const share = useMutation({
    mutationFn: () => api.shareCollection(collection.name, readers),
    onSuccess: async () => {
      onClose();
      await changedDocuments(queries);
    },
  });
  return (
    <FormDialog title={t("sharing.whoOf", { name: collection.name })} busy={share.isPending} error={share.error} onSubmit={() => share.mutate()} onClose={onClose}>
      <ReadersInput label={t("sharing.readers")} description={t("sharing.collectionHint")} value={readers} onChange={setReaders} />
    </FormDialog>
  );
}
