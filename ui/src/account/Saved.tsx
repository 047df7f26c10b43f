import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import classes from "./Saved.module.css";

/** A quiet word that it was saved, read out too. */
export function Saved({ when, text }: { when: boolean; text?: string }) {
  const { t } = useTranslation();
  return (
    <span role="status" className={classes.saved}>
      {when && (
        <>
          <Icon name="check" size={16} /> {text ?? t("account.saved")}
        </>
      )}
    </span>
  );
}
