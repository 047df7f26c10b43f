import { Button, Checkbox, NumberInput, SegmentedControl, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContainWish } from "../api";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import { costsIn, costsText } from "./costs";
import { HostsInput } from "./HostsInput";
import { told } from "./scenario";
import classes from "./Spread.module.css";
import { useBegin, WAIT_S } from "./useForecasts";
import { useSpread } from "./useSpread";
import { WeaknessesInput } from "./WeaknessInput";

type Wanted = Omit<ContainWish, "scenario">;
const USUAL: Wanted = { k: 5, by: "host", entries: false, forbidden: [], costs: {}, budget: 0 };

/** Which so many measures help most: hosts to isolate, or vulnerabilities to patch. */
export function ContainForm({ wish }: { wish: ContainWish | null }) {
  const { t } = useTranslation();
  const { draft } = useSpread();
  const begin = useBegin();
  const [wanted, setWanted] = useState<Wanted>(wish ?? USUAL);
  const [typed, setTyped] = useState(costsText(wanted.costs));
  const { costs, wrong } = costsIn(typed);
  const set = (part: Partial<Wanted>) => setWanted({ ...wanted, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wrong.length === 0) begin.mutate({ ...wanted, kind: "contain", costs, scenario: told(draft), wait_s: WAIT_S });
  };
  const spared = { label: t("spread.forbidden"), description: t("spread.forbiddenHint"), value: wanted.forbidden, onChange: (forbidden: string[]) => set({ forbidden }) };
  return (
    <form onSubmit={submit} className={classes.form}>
      {begin.isError && <Problem error={begin.error} />}
      <div className={classes.row}>
        <SegmentedControl
          aria-label={t("spread.by")}
          value={wanted.by}
          onChange={(by) => set({ by: by as Wanted["by"], forbidden: [] })}
          data={[
            { value: "host", label: t("spread.byHost") },
            { value: "cve", label: t("spread.byCve") },
          ]}
        />
        {wanted.by === "host" && <Checkbox label={t("spread.entriesToo")} checked={wanted.entries} onChange={(event) => set({ entries: event.currentTarget.checked })} />}
      </div>
      <div className={classes.fields}>
        <NumberInput
          label={t("spread.atMost")}
          description={t("spread.atMostHint")}
          min={1}
          max={100}
          allowDecimal={false}
          value={wanted.k}
          onChange={(k) => set({ k: Math.max(1, Math.round(Number(k)) || 1) })}
        />
        <NumberInput label={t("spread.budget")} description={t("spread.budgetHint")} min={0} value={wanted.budget} onChange={(budget) => set({ budget: Math.max(0, Number(budget) || 0) })} />
        <div className={classes.wideField}>{wanted.by === "host" ? <HostsInput {...spared} /> : <WeaknessesInput {...spared} />}</div>
        <div className={classes.wideField}>
          <Textarea
            label={t("spread.costs")}
            description={t("spread.costsHint")}
            autosize
            minRows={1}
            maxRows={6}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={wrong.length ? t("spread.costsWrong", { line: wrong[0] }) : null}
          />
        </div>
      </div>
      <div className={classes.row}>
        <Button type="submit" loading={begin.isPending} leftSection={<Icon name="shield" size={16} />}>
          {t("spread.findMeasures")}
        </Button>
      </div>
    </form>
  );
}
