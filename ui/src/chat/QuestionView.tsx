import { ActionIcon, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import classes from "./Turn.module.css";

interface Props {
  asked: string;
  /** The question as it was searched for; shown where it differs. */
  rewritten: string;
  because?: string;
  onEdit?: (() => void) | undefined;
}

export function QuestionView({ asked, rewritten, because = "", onEdit }: Props) {
  const { t } = useTranslation();
  const differs = rewritten !== "" && rewritten.trim() !== asked.trim();
  return (
    <div>
      <div className={classes.asked}>
        {onEdit && (
          <Tooltip label={t("chat.editQuestion")}>
            <ActionIcon className={classes.edit} aria-label={t("chat.editQuestion")} onClick={onEdit}>
              <Icon name="edit" size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        <p className={classes.question}>
          <span className="visually-hidden">{t("chat.you")}: </span>
          {asked}
        </p>
      </div>
      {differs && (
        <p className={classes.rewritten} title={because || undefined}>
          <Icon name="search" size={13} /> {t("chat.rewritten")}: <q>{rewritten}</q>
        </p>
      )}
    </div>
  );
}
