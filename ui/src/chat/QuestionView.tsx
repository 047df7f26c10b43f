import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import { IconAction } from "../parts/IconAction";
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
        {onEdit && <IconAction className={classes.edit} label={t("chat.editQuestion")} icon="edit" onClick={onEdit} />}
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
