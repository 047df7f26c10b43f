import { Button, Text } from "@mantine/core";
import { type DragEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import classes from "./Documents.module.css";

/** The files of a drop; folders and text that was dragged are left out. */
export const filesOf = (event: DragEvent): File[] => [...event.dataTransfer.files];
export const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");

/** Takes files by drag and drop, and by a button for whoever does not drag. */
export function DropZone({ onFiles, kinds }: { onFiles: (files: File[]) => void; kinds?: string }) {
  const { t } = useTranslation();
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles(filesOf(event));
  };
  return (
    <div
      className={classes.drop}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Text size="sm" mb="xs">
        {t("upload.dropHere")}
      </Text>
      <label htmlFor={id} className="visually-hidden">
        {t("upload.choose")}
      </label>
      <input
        ref={box}
        id={id}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <Button variant="light" leftSection={<Icon name="upload" size={16} />} onClick={() => box.current?.click()} data-autofocus>
        {t("upload.choose")}
      </Button>
      <Text size="xs" c="var(--quiet)" mt="xs">
        {kinds ?? t("upload.kinds")}
      </Text>
    </div>
  );
}
