import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type DocumentInfo } from "../api";
import { FormDialog } from "../parts/FormDialog";
import { changedDocuments } from "../queries";
import { ReadersInput } from "./ReadersInput";
import { TlpInput } from "./TlpInput";

/** Who may read one document, of those who may read its collection. */
export function ShareDocument({ info, onClose }: { info: DocumentInfo; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [readers, setReaders] = useState(info.sharing?.readers ?? []);
  const [tlp, setTlp] = useState(info.sharing?.tlp ?? "");
  const share = useMutation({
    mutationFn: () => api.documents.share(info.id, { readers, tlp }),
    onSuccess: async () => {
      onClose();
      await changedDocuments(queries);
    },
  });
  return (
    <FormDialog title={t("sharing.whoOf", { name: info.title })} busy={share.isPending} error={share.error} onSubmit={() => share.mutate()} onClose={onClose}>
      <ReadersInput label={t("sharing.readers")} description={t("sharing.documentHint")} value={readers} onChange={setReaders} />
      <TlpInput value={tlp} onChange={setTlp} />
    </FormDialog>
  );
}
