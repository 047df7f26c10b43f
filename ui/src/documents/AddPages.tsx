import { Alert, Button, Group, Stack, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type IngestReport } from "../api";
import type { UploadTo } from "../api/upload";
import { Problem } from "../parts/Problem";
import { changedDocuments } from "../queries";
import classes from "./Documents.module.css";

/** Reads pages of the web in, by address; once more when they are there already. */
export function AddPages({ to }: { to: UploadTo }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const targets = text.split(/\s+/).filter(Boolean);
  const read = useMutation({
    mutationFn: () => api.documents.ingest(targets, to.collection, to.sharing),
    onSuccess: () => changedDocuments(queries),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    read.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {read.isError && <Problem error={read.error} />}
        <Textarea
          label={t("upload.addresses")}
          description={t("upload.addressesHint")}
          autosize
          minRows={3}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div role="status">{read.data && <Report report={read.data} />}</div>
        <Group justify="flex-end">
          <Button type="submit" loading={read.isPending} disabled={targets.length === 0}>
            {t("upload.readPages")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Report({ report }: { report: IngestReport }) {
  const { t } = useTranslation();
  return (
    <Alert variant="light" color={report.failed.length ? "yellow" : "vedette"} role="presentation">
      {t("upload.report", { read: report.documents, same: report.skipped })}
      {report.failed.map((one) => (
        <p key={one.path} className={classes.reason}>
          {one.path}: {one.reason}
        </p>
      ))}
    </Alert>
  );
}
