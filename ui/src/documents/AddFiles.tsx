import { Button, Group, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { UploadTo } from "../api/upload";
import { DropZone } from "./DropZone";
import { UploadList } from "./UploadList";
import type { Uploads } from "./useUploads";

interface Props {
  uploads: Uploads;
  to: UploadTo;
  onClose: () => void;
}

export function AddFiles({ uploads: { uploads, busy, add, drop, stop, send }, to, onClose }: Props) {
  const { t } = useTranslation();
  const waiting = uploads.filter((one) => one.state === "waiting" || one.state === "stopped").length;
  return (
    <Stack>
      <DropZone onFiles={add} />
      <UploadList uploads={uploads} drop={drop} />
      <Group justify="flex-end">
        {busy ? (
          <Button variant="default" onClick={stop}>
            {t("chat.stop")}
          </Button>
        ) : (
          <Button variant="default" onClick={onClose}>
            {t("common.close")}
          </Button>
        )}
        <Button disabled={waiting === 0} loading={busy} onClick={() => void send(to)}>
          {waiting ? t("upload.send", { count: waiting }) : t("upload.nothing")}
        </Button>
      </Group>
    </Stack>
  );
}
