import { Tooltip, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import classes from "./Composer.module.css";
import type { Later } from "./useLater";

interface Props {
  later: Later;
  disabled: boolean;
  onSend: () => void;
}

/** Sends the question to be answered later: by e-mail, where the answer can be mailed. */
export function LaterButton({ later, disabled, onSend }: Props) {
  const { t } = useTranslation();
  const label = later.mail ? t("later.byMail") : t("later.onPage");
  return (
    <Tooltip label={t("later.alone", { label })} multiline maw={260}>
      <UnstyledButton className={classes.later} aria-label={label} disabled={disabled || later.sending} onClick={onSend}>
        <Icon name={later.mail ? "mail" : "clock"} size={16} />
        <span className={classes.laterLabel}>{label}</span>
      </UnstyledButton>
    </Tooltip>
  );
}
