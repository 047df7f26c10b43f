import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiError, api, type ForecastModel } from "../api";
import { Confirm } from "../parts/Confirm";
import { KEYS } from "../queries";

/** Asks before a model becomes the champion; where the server finds it not good enough, asks whether it is to be forced. */
export function PromoteModel({ model, onClose }: { model: ForecastModel; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const promote = useMutation({
    mutationFn: (force: boolean) => api.networks.promote(model.network, model.id, force),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: KEYS.models(model.network) });
    },
  });
  const refused = promote.error instanceof ApiError && promote.error.status === 409;
  const name = `${model.kind}-${model.version}`;
  return (
    <Confirm
      question={t(refused ? "spread.learn.forceSure" : "spread.learn.promoteSure", { name })}
      action={t(refused ? "spread.learn.force" : "spread.learn.promote")}
      harmless
      busy={promote.isPending}
      error={promote.error}
      onConfirm={() => promote.mutate(refused)}
      onClose={onClose}
    />
  );
}
