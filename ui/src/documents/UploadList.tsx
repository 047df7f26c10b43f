import { ActionIcon, Progress } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import { useErrorText } from "../parts/Problem";
import shared from "../parts/shared.module.css";
import classes from "./Documents.module.css";
import type { Upload, Uploads } from "./useUploads";

/** The files on their way, each with how far it is and, where it could not be read, why. */
export function UploadList({ uploads, drop }: Pick<Uploads, "uploads" | "drop">) {
  const { t } = useTranslation();
  const done = uploads.filter((one) => one.state === "done").length;
  const failed = uploads.filter((one) => one.state === "failed").length;
  return (
    <>
      <ul className={`${shared.bare} ${classes.files}`} aria-label={t("upload.files")} tabIndex={0}>
        {uploads.map((upload) => (
          <UploadItem key={upload.id} upload={upload} onDrop={() => drop(upload.id)} />
        ))}
      </ul>
      <p role="status" className={classes.quiet}>
        {done + failed > 0 && t("upload.summary", { done, failed, total: uploads.length })}
      </p>
    </>
  );
}

function UploadItem({ upload: { file, state, share, report, error }, onDrop }: { upload: Upload; onDrop: () => void }) {
  const { t } = useTranslation();
  const told = useErrorText(error);
  const reasons = error ? [told] : (report?.failed.map((one) => one.reason) ?? []);
  const moving = state === "sending" || state === "reading";
  return (
    <li className={classes.file}>
      <div className={classes.fileRow}>
        <span>{file.name}</span>
        <span className={classes.fileState} data-state={state}>
          {state === "done" && report ? doneText(t, report) : t(`upload.${state}`)}
          {!moving && (
            <ActionIcon size="sm" ml={6} aria-label={t("upload.drop", { name: file.name })} onClick={onDrop}>
              <Icon name="close" size={14} />
            </ActionIcon>
          )}
        </span>
      </div>
      {moving && <Progress mt={6} size="sm" value={share * 100} animated={state === "reading"} aria-label={file.name} />}
      {reasons.map((reason) => (
        <p key={reason} className={classes.reason}>
          {reason}
        </p>
      ))}
    </li>
  );
}

function doneText(t: TFunction, report: NonNullable<Upload["report"]>): string {
  return report.documents ? t("upload.done", { count: report.chunks }) : t("upload.unchanged");
}
