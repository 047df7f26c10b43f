import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type NetworkInfo } from "../api";
import { ReadersInput } from "../documents/ReadersInput";
import { FormDialog } from "../parts/FormDialog";
import { changedNetworks } from "./useForecasts";

export function ShareNetwork({ network, onClose }: { network: NetworkInfo; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [readers, setReaders] = useState(network.readers);
  const share = useMutation({
    mutationFn: () => api.networks.share(network.name, readers),
    onSuccess: async () => {
      onClose();
      await changedNetworks(queries);
    },
  });
  return (
    <FormDialog title={t("sharing.whoOf", { name: network.name })} busy={share.isPending} error={share.error} onSubmit={() => share.mutate()} onClose={onClose}>
      <ReadersInput label={t("sharing.readers")} description={t("spread.readersHint")} value={readers} onChange={setReaders} />
    </FormDialog>
  );
}
