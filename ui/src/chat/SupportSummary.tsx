import { useTranslation } from "react-i18next";
import type { Claim, Support } from "../api";
import { Icon, type IconName } from "../parts/Icon";
import classes from "./Turn.module.css";

const ICONS: Record<Support, IconName> = { supported: "check", weak: "info", unsupported: "alert" };

/** How many sentences stand how well: by sign and word, not by colour alone. */
export function SupportSummary({ claims }: { claims: readonly Claim[] }) {
  const { t } = useTranslation();
  const counts = (["supported", "weak", "unsupported"] as const)
    .map((support) => ({ support, count: claims.filter((claim) => claim.support === support).length }))
    .filter(({ count }) => count > 0);
  if (counts.length === 0) return null;
  return (
    <div className={classes.foot} role="group" aria-label={t("support.title")}>
      <span className={classes.support}>
        {counts.map(({ support, count }) => (
          <span key={support} className={classes.supportItem} data-support={support}>
            <Icon name={ICONS[support]} size={14} />
            {t(`support.${support}_count`, { count })}
          </span>
        ))}
      </span>
    </div>
  );
}
