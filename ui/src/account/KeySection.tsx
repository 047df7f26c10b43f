import { Button, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type KeyInfo } from "../api";
import { Confirm } from "../parts/Confirm";
import { DataTable } from "../parts/DataTable";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import { Section } from "../parts/Section";
import classes from "../parts/Table.module.css";
import { when } from "../parts/when";
import { KEYS } from "../queries";
import { NewKey } from "./NewKey";

/** Keys for programs: listed by their beginning, made, revoked. */
export function KeySection() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const found = useQuery({ queryKey: KEYS.apiKeys, queryFn: api.auth.keys });
  const [making, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<KeyInfo | null>(null);
  const revoke = useMutation({
    mutationFn: api.auth.revokeKey,
    onSuccess: async () => {
      setDoomed(null);
      await queries.invalidateQueries({ queryKey: KEYS.apiKeys });
    },
  });
  const make = (
    <Button size="xs" variant="light" leftSection={<Icon name="add" size={16} />} onClick={() => setMaking(true)}>
      {t("account.makeKey")}
    </Button>
  );
  const day = (iso: string, otherwise: string) => (iso ? when(iso, i18n.language) : otherwise);
  return (
    <Section title={t("account.keys")} aside={make}>
      <Text size="sm" c="var(--quiet)" mb="sm">
        {t("account.keysHint")}
      </Text>
      {found.isError && <Problem error={found.error} again={() => void found.refetch()} />}
      {found.data?.length === 0 && <Empty>{t("account.noKeys")}</Empty>}
      {found.data && found.data.length > 0 && (
        <DataTable
          caption={t("account.keys")}
          head={
            <>
              <Table.Th>{t("account.keyName")}</Table.Th>
              <Table.Th className={classes.wide}>{t("account.made")}</Table.Th>
              <Table.Th className={classes.wide}>{t("account.lastUsed")}</Table.Th>
              <Table.Th className={classes.wide}>{t("account.expires")}</Table.Th>
              <Table.Th className={classes.end}>
                <span className="visually-hidden">{t("common.actions")}</span>
              </Table.Th>
            </>
          }
        >
          {found.data.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td>
                <Text size="sm">{key.name}</Text>
                <code className={classes.quiet}>{key.prefix}…</code>
                <span className={`${classes.quiet} ${classes.small}`}>
                  {t("account.expires")}: {day(key.expires, t("account.never"))}
                </span>
              </Table.Td>
              <Table.Td className={classes.wide}>{day(key.created, "")}</Table.Td>
              <Table.Td className={classes.wide}>{day(key.used, t("account.never"))}</Table.Td>
              <Table.Td className={classes.wide}>{day(key.expires, t("account.never"))}</Table.Td>
              <Table.Td className={classes.end}>
                <Button size="xs" variant="default" aria-label={t("account.revokeKey", { name: key.name })} onClick={() => setDoomed(key)}>
                  {t("account.revoke")}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </DataTable>
      )}
      {making && <NewKey onClose={() => setMaking(false)} />}
      {doomed && (
        <Confirm
          question={t("account.revokeSure", { name: doomed.name })}
          action={t("account.revoke")}
          busy={revoke.isPending}
          error={revoke.error}
          onConfirm={() => revoke.mutate(doomed.id)}
          onClose={() => setDoomed(null)}
        />
      )}
    </Section>
  );
}
