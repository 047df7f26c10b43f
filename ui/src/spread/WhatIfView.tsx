import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Network, WhatIf } from "../api";
import { Section } from "../parts/Section";
import { Actions } from "./Actions";
import { ChangeTable } from "./ChangeTable";
import { Explorer, useDay } from "./Explorer";
import { FanFigure } from "./FanFigure";
import { Figures } from "./Figures";
import { highest, roundUp } from "./fan";
import { Reasons } from "./Reasons";
import classes from "./Spread.module.css";
import { useNumbers } from "./useNumbers";

/** A scenario without and with changes, side by side. */
export function WhatIfView({ result, network }: { result: WhatIf; network: Network }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const { before, after, saved } = result;
  const [day, setDay] = useDay(after.days);
  const [shown, setShown] = useState<"before" | "after">("after");
  const most = roundUp(Math.max(highest(before.total), highest(after.total)));
  const last = numbers.day(after.days.at(-1) ?? 0);
  const end = (which: "before" | "after") => {
    const band = result[which].total.at(-1);
    return { label: `${t(`spread.${which}`)}: ${t("spread.totalBy", { day: last })}`, value: band ? numbers.hosts(band.mean) : "", beside: band ? t("spread.range80", { range: numbers.range80(band) }) : "" };
  };
  const choice = (
    <SegmentedControl
      size="xs"
      aria-label={t("spread.shown")}
      value={shown}
      onChange={(value) => setShown(value as "before" | "after")}
      data={[
        { value: "before", label: t("spread.before") },
        { value: "after", label: t("spread.after") },
      ]}
    />
  );
  return (
    <>
      <Figures figures={[end("before"), end("after"), { label: t("spread.saved"), value: numbers.hosts(saved.mean), beside: t("spread.range95", { range: numbers.range95(saved) }) }]} />
      <Section title={t("spread.beforeAfter")}>
        <div className={classes.twins}>
          <FanFigure title={t("spread.before")} tone="other" days={before.days} bands={before.total} day={day} onDay={setDay} most={most} />
          <FanFigure title={t("spread.after")} days={after.days} bands={after.total} day={day} onDay={setDay} most={most} />
        </div>
      </Section>
      <Section title={t("spread.changedHosts")}>
        <ChangeTable hosts={result.hosts} />
      </Section>
      <Explorer network={network} forecast={result[shown]} day={day} onDay={setDay} aside={choice} />
      <Actions />
      <Reasons forecast={after} />
    </>
  );
}
