import { Button, Table } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Quarantined } from "../api";
import { Problem } from "../parts/Problem";
import tables from "../parts/Table.module.css";
import { KEYS } from "../queries";

interface Props {
  failure: Quarantined;
  /** Of all that failed in its file: the file leaves the list with everything. */
  first: boolean;
  mixed: boolean;
}

export function FailureRow({ failure: { collection, path, page, reason }, first, mixed }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const dismiss = useMutation({
    mutationFn: () => api.documents.dismiss(collection, path),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEYS.failures }),
  });
  return (
    <Table.Tr>
      <Table.Td>
        {path}
        {mixed && <div className={tables.quiet}>{collection}</div>}
        {page !== null && <div className={tables.quiet}>{t("source.page", { page })}</div>}
        <div className={`${tables.quiet} ${tables.small}`}>{reason}</div>
        {dismiss.isError && <Problem error={dismiss.error} />}
      </Table.Td>
      <Table.Td className={tables.wide}>{reason}</Table.Td>
      <Table.Td className={tables.end}>
        {first && (
          <Button
            size="xs"
            variant="default"
            loading={dismiss.isPending}
            aria-label={t("documents.dismissFile", { file: path })}
            onClick={() => dismiss.mutate()}
          >
            {t("documents.dismiss")}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
