import { useTranslation } from "react-i18next";
import type { Scenario } from "../api";
import { isChanged } from "./scenario";
import { useNumbers } from "./useNumbers";

const NAMED = 3;

/** A scenario in words. */
export function ScenarioLine({ scenario }: { scenario: Scenario }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const { sources, cve, outbreak, days, model, changes } = scenario;
  const left = sources.length - NAMED;
  const from = [...sources.slice(0, NAMED), ...(left > 0 ? [t("spread.andMore", { count: left })] : [])].join(", ") || t("spread.ofOutbreak", { outbreak });
  const isolated = changes.isolate.length > 0 && t("spread.isolated", { hosts: changes.isolate.join(", ") });
  const patched = changes.patch.length > 0 && t("spread.patched", { cves: changes.patch.join(", ") });
  const told = [cve ? t("spread.fromThrough", { from, cve }) : t("spread.from", { from }), numbers.days(days), model, isChanged(changes) && isolated, patched];
  return <>{told.filter(Boolean).join(" · ")}</>;
}
