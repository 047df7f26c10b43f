import { Button, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "../api";
import { AddDocuments } from "../documents/AddDocuments";
import { CollectionHead } from "../documents/CollectionHead";
import { Collections } from "../documents/Collections";
import classes from "../documents/Documents.module.css";
import { DocumentTable } from "../documents/DocumentTable";
import { filesOf, holdsFiles } from "../documents/DropZone";
import { Failures } from "../documents/Failures";
import { useUploads } from "../documents/useUploads";
import { Empty } from "../parts/Empty";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { PageFrame } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import { KEYS, useCollections, useMe } from "../queries";
import { may } from "../session/may";

/** What there is to ask, by collection; for editors also what could not be read, and adding. */
export default function Documents() {
  const { t } = useTranslation();
  const [asked] = useSearchParams();
  const chosen = asked.get("collection") ?? "";
  const editor = may(useMe().data, "editor");
  const collections = useCollections();
  const documents = useQuery({ queryKey: [...KEYS.documents, chosen], queryFn: () => api.documents.list(chosen) });
  const failures = useQuery({ queryKey: [...KEYS.failures, chosen], queryFn: () => api.documents.failures(chosen), enabled: editor });
  const uploads = useUploads();
  const [adding, setAdding] = useState(false);
  const [over, setOver] = useState(false);
  const collection = collections.data?.find((one) => one.name === chosen);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    uploads.add(filesOf(event));
    setAdding(true);
  };
  const dragging = (event: DragEvent) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const dropping = editor ? { onDragOver: dragging, onDragLeave: () => setOver(false), onDrop: drop } : {};
  const add = (
    <Button leftSection={<Icon name="upload" />} loading={uploads.busy && !adding} onClick={() => setAdding(true)}>
      {t("chat.addDocuments")}
    </Button>
  );
  return (
    <PageFrame title={t("nav.documents")} aside={editor && add}>
      <div className={classes.page} {...dropping}>
        {over && <div className={classes.veil}>{t("upload.dropHere")}</div>}
        {collections.data ? <Collections collections={collections.data} current={chosen} /> : <div />}
        <div>
          {collection && <CollectionHead collection={collection} />}
          {documents.isPending && <Loading />}
          {documents.isError && <Problem error={documents.error} again={() => void documents.refetch()} />}
          {documents.data && (
            <Tabs key={chosen} defaultValue="documents" keepMounted={false}>
              {editor && (
                <Tabs.List mb="md">
                  <Tabs.Tab value="documents">{t("documents.readIn")}</Tabs.Tab>
                  <Tabs.Tab value="failures">
                    {t("documents.failures")} ({failures.data?.length ?? 0})
                  </Tabs.Tab>
                </Tabs.List>
              )}
              <Tabs.Panel value="documents">
                {documents.data.length ? <DocumentTable documents={documents.data} mixed={!chosen} /> : <Empty>{t("chat.noDocuments")}</Empty>}
              </Tabs.Panel>
              <Tabs.Panel value="failures">
                {failures.isError ? <Problem error={failures.error} /> : <Failures failures={failures.data ?? []} mixed={!chosen} />}
              </Tabs.Panel>
            </Tabs>
          )}
        </div>
      </div>
      {adding && <AddDocuments uploads={uploads} collection={chosen} onClose={() => setAdding(false)} />}
    </PageFrame>
  );
}
