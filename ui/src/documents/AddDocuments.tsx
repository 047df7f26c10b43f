import { Autocomplete, Modal, Stack, Tabs } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Sharing } from "../api";
import { useCollections, useMe } from "../queries";
import { AddFiles } from "./AddFiles";
import { AddPages } from "./AddPages";
import classes from "./Documents.module.css";
import { ReadersInput } from "./ReadersInput";
import { TlpInput } from "./TlpInput";
import type { Uploads } from "./useUploads";

interface Props {
  uploads: Uploads;
  /** The collection to begin with. */
  collection: string;
  onClose: () => void;
}

/** Puts documents in: files or pages of the web, into a collection that is there or a new one. */
export function AddDocuments({ uploads, collection, onClose }: Props) {
  const { t } = useTranslation();
  const me = useMe().data;
  const collections = useCollections().data ?? [];
  const [name, setName] = useState(collection || "default");
  const [readers, setReaders] = useState<string[]>([]);
  const [tlp, setTlp] = useState("");
  const fresh = name.trim() !== "" && !collections.some((one) => one.name === name.trim());
  // Without a choice of its own a known document keeps what it has.
  const sharing: Sharing | undefined = readers.length || tlp ? { readers, tlp } : undefined;
  const to = { collection: name.trim() || "default", ...(sharing && { sharing }) };
  return (
    <Modal opened onClose={onClose} size="lg" title={t("upload.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Autocomplete
          label={t("chat.collection")}
          description={fresh ? t("upload.newCollection") : t("upload.collectionHint")}
          data={collections.map((one) => one.name)}
          value={name}
          maxLength={100}
          onChange={setName}
        />
        {me?.sign_in && (
          <div className={classes.sharing}>
            <ReadersInput label={t("sharing.readers")} description={t("sharing.uploadHint")} value={readers} onChange={setReaders} />
            <TlpInput value={tlp} onChange={setTlp} />
          </div>
        )}
        <Tabs defaultValue="files" keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="files">{t("upload.files")}</Tabs.Tab>
            <Tabs.Tab value="pages">{t("upload.pages")}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="files">
            <AddFiles uploads={uploads} to={to} onClose={onClose} />
          </Tabs.Panel>
          <Tabs.Panel value="pages">
            <AddPages to={to} />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </Modal>
  );
}
