import { useComputedColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Map.module.css";
import { colourOfStep, sizeOf, STEPS } from "./scale";
import { useNumbers } from "./useNumbers";

/** What colours, sizes and shapes on the map stand for. */
export function Legend({ risks }: { risks: boolean }) {
  const { t } = useTranslation();
  const { share } = useNumbers();
  const scheme = useComputedColorScheme("light");
  const upTo = (at: number) => (at === 0 ? `< ${share(STEPS[1])}` : `${share(STEPS[at] ?? 0)}–${share(STEPS[at + 1] ?? 1)}`);
  return (
    <ul className={classes.legend} aria-label={t("spread.legend")}>
      {risks &&
        STEPS.map((from, at) => (
          <li key={from}>
            <Shape d="" r={sizeOf(from) / 4 + 1} colour={colourOfStep(at, scheme)} />
            {upTo(at)}
          </li>
        ))}
      <li>
        <Shape d="M9 1.5 16.5 9 9 16.5 1.5 9Z" r={0} colour="none" />
        {t("spread.jewel")}
      </li>
      <li>
        <Shape d="M9 2 16.5 16H1.5Z" r={0} colour="none" />
        {t("spread.entry")}
      </li>
      <li>
        <Shape d="M9 2.5a6.5 6.5 0 1 0 .01 0Z" r={0} colour="none" dashed />
        {t("spread.isolatedHost")}
      </li>
      {risks && <Carries />}
    </ul>
  );
}

function Carries() {
  const { t } = useTranslation();
  return (
    <li>
      <svg width={22} height={18} viewBox="0 0 22 18" className={classes.edge} fill="none" strokeWidth={2} aria-hidden="true">
        <path d="M1 9H20M15 4.5 20 9 15 13.5" />
      </svg>
      {t("spread.carries")}
    </li>
  );
}

function Shape({ d, r, colour, dashed = false }: { d: string; r: number; colour: string; dashed?: boolean }) {
  return (
    <svg width={18} height={18} viewBox="0 0 18 18" fill={colour} className={classes.edge} strokeWidth={d ? 2 : 1} aria-hidden="true">
      {d ? <path d={d} strokeDasharray={dashed ? "3 2.5" : "none"} /> : <circle cx={9} cy={9} r={r} />}
    </svg>
  );
}
