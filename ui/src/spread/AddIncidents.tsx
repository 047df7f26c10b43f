import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { DropZone } from "../documents/DropZone";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import { incidentsIn, type ReadIncidents } from "./incidents";
import { changedNetworks, useIncidents } from "./useForecasts";
import { useNumbers } from "./useNumbers";

const LINES_TOLD = 5;

interface Chosen extends ReadIncidents {
  name: string;
}

/** Puts incidents of past outbreaks in from a CSV, and tells what the server says of them. */
export function AddIncidents({ network, onClose }: { network: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { count } = useNumbers();
  const queries = useQueryClient();
  const known = useIncidents(network);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const store = useMutation({
    mutationFn: (file: Chosen) => api.networks.observe(network, file.incidents),
    onSuccess: () => changedNetworks(queries),
  });
  const take = async ([file]: File[]) => {
    if (!file) return;
    store.reset();
    setChosen({ name: file.name, ...incidentsIn(await file.text()) });
  };
  const good = chosen !== null && chosen.columns && chosen.wrong.length === 0 && chosen.incidents.length > 0;
  return (
    <Modal opened onClose={onClose} title={t("spread.learn.incidentsTo", { name: network })} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        {store.isError && <Problem error={store.error} />}
        {store.isSuccess ? (
          <Alert role="status" color="teal" variant="light" icon={<Icon name="check" />}>
            {t("spread.learn.added", { count: store.data, shown: count(store.data), all: count(store.variables.incidents.length) })}
          </Alert>
        ) : (
          <>
            <DropZone onFiles={(files) => void take(files)} kinds={t("spread.learn.incidentsHint")} />
            {chosen && <Told chosen={chosen} />}
          </>
        )}
        {known.data && (
          <Text size="sm" c="var(--quiet)">
            {t("spread.learn.known", { count: known.data.length, shown: count(known.data.length) })}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t(store.isSuccess ? "common.close" : "common.cancel")}
          </Button>
          {!store.isSuccess && (
            <Button disabled={!good} loading={store.isPending} onClick={() => chosen && store.mutate(chosen)}>
              {t("spread.learn.add")}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

/** What is in the file, or why it is not taken. */
function Told({ chosen: { name, incidents, columns, wrong } }: { chosen: Chosen }) {
  const { t } = useTranslation();
  const { count } = useNumbers();
  const lines = wrong.slice(0, LINES_TOLD).join(", ") + (wrong.length > LINES_TOLD ? ", …" : "");
  const problem = columns ? wrong.length > 0 && t("spread.learn.wrongLines", { name, lines }) : t("spread.learn.noColumns", { name });
  if (problem) {
    return (
      <Alert role="alert" color="red" variant="light" icon={<Icon name="alert" />}>
        {problem}
      </Alert>
    );
  }
  return (
    <Text role="status" size="sm">
      {t("spread.learn.read", { name, count: incidents.length, shown: count(incidents.length) })}
    </Text>
  );
}
