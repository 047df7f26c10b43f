import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Composer.module.css";
import type { Later } from "./useLater";

/** Whether questions that are answered later become training data: asked, or said where it is not asked. */
export function TrainingConsent({ later }: { later: Later }) {
  const { t } = useTranslation();
  if (later.training === "always") return <div className={classes.consent}>{t("later.trained")}</div>;
  if (later.training !== "ask") return null;
  return (
    <Checkbox
      size="xs"
      className={classes.consent}
      label={t("later.train")}
      checked={later.agreed}
      onChange={(event) => later.agree(event.currentTarget.checked)}
    />
  );
}
