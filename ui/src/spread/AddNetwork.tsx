import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../api";
import { DropZone } from "../documents/DropZone";
import { FormDialog } from "../parts/FormDialog";
import { IconAction } from "../parts/IconAction";
import shared from "../parts/shared.module.css";
import { networkAddress } from "./scenario";
import { sent } from "./sent";
import classes from "./Spread.module.css";
import { changedNetworks } from "./useForecasts";

/** Puts a network in, from one or several files; the server sees which format they have. */
export function AddNetwork({ first, onClose }: { first: File[]; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const go = useNavigate();
  const [files, setFiles] = useState(first);
  const [typed, setTyped] = useState<string | null>(null);
  const name = typed ?? files[0]?.name.replace(/\.[^.]*$/, "") ?? "";
  const store = useMutation({
    mutationFn: async () => {
      return api.networks.store({ name: name.trim(), files: await Promise.all(files.map(sent)) });
    },
    onSuccess: async (info) => {
      onClose();
      await changedNetworks(queries);
      await go(networkAddress(info.name));
    },
  });
  const add = (more: File[]) => setFiles((now) => [...now.filter((one) => !more.some((other) => other.name === one.name)), ...more]);
  return (
    <FormDialog
      title={t("spread.add")}
      action={t("spread.store")}
      busy={store.isPending}
      error={store.error}
      onSubmit={() => files.length > 0 && name.trim() && store.mutate()}
      onClose={onClose}
    >
      <DropZone onFiles={add} kinds={t("spread.formats")} />
      {files.length > 0 && (
        <ul className={`${shared.bare} ${classes.files}`} aria-label={t("upload.files")}>
          {files.map((file) => (
            <li key={file.name}>
              <span>{file.name}</span>
              <IconAction icon="close" label={t("upload.drop", { name: file.name })} onClick={() => setFiles(files.filter((one) => one !== file))} />
            </li>
          ))}
        </ul>
      )}
      <TextInput required maxLength={100} label={t("spread.name")} description={t("spread.nameHint")} value={name} onChange={(event) => setTyped(event.currentTarget.value)} />
    </FormDialog>
  );
}
