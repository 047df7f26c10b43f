import { useTranslation } from "react-i18next";
import classes from "./Marks.module.css";
import { useBeside } from "./panel";

/** A CVE, CWE, CAPEC or ATT&CK id: opens the card of what the collection says of it. */
export function IdentifierLink({ value }: { value: string }) {
  const { t } = useTranslation();
  const { show, collection } = useBeside();
  return (
    <button
      type="button"
      className={classes.identifier}
      title={t("answer.openIdentifier", { value })}
      onClick={() => show({ kind: "identifier", value, collection })}
    >
      {value}
    </button>
  );
}
