import { Badge, Button, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { DataTable } from "../parts/DataTable";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import { Section } from "../parts/Section";
import classes from "../parts/Table.module.css";
import { when } from "../parts/when";
import { KEYS } from "../queries";
import { deviceName } from "./device";

/** Where one is signed in; any other session can be ended. */
export function SessionSection() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const found = useQuery({ queryKey: KEYS.sessions, queryFn: api.auth.sessions });
  const end = useMutation({
    mutationFn: api.auth.endSession,
    onSuccess: () => queries.invalidateQueries({ queryKey: KEYS.sessions }),
  });
  return (
    <Section title={t("account.sessions")}>
      {found.isPending && <Loading />}
      {found.isError && <Problem error={found.error} again={() => void found.refetch()} />}
      {end.isError && <Problem error={end.error} />}
      {found.data && (
        <DataTable
          caption={t("account.sessions")}
          head={
            <>
              <Table.Th>{t("account.device")}</Table.Th>
              <Table.Th className={classes.wide}>{t("account.addressSeen")}</Table.Th>
              <Table.Th className={classes.wide}>{t("account.lastUsed")}</Table.Th>
              <Table.Th className={classes.end}>
                <span className="visually-hidden">{t("common.actions")}</span>
              </Table.Th>
            </>
          }
        >
          {found.data.map((session) => {
            const device = deviceName(session.device);
            return (
              <Table.Tr key={session.id}>
                <Table.Td>
                  <Text size="sm" title={session.device}>
                    {device}
                  </Text>
                  <span className={`${classes.quiet} ${classes.small}`}>
                    {session.address} · {when(session.seen, i18n.language)}
                  </span>
                </Table.Td>
                <Table.Td className={classes.wide}>{session.address}</Table.Td>
                <Table.Td className={classes.wide}>{when(session.seen, i18n.language)}</Table.Td>
                <Table.Td className={classes.end}>
                  {session.current ? (
                    <Badge variant="light">{t("account.thisOne")}</Badge>
                  ) : (
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={t("account.endSessionOf", { device })}
                      loading={end.isPending && end.variables === session.id}
                      onClick={() => end.mutate(session.id)}
                    >
                      {t("account.endSession")}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </DataTable>
      )}
    </Section>
  );
}
