import { Button, Collapse, NativeSelect, NumberInput, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useId } from "react";
import { useTranslation } from "react-i18next";
import type { SpreadModel } from "../api";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import { HostsInput } from "./HostsInput";
import { OutbreakInput } from "./OutbreakInput";
import { LONGEST_DAYS, MODELS, NO_CHANGES, told } from "./scenario";
import classes from "./Spread.module.css";
import { useBegin, WAIT_S } from "./useForecasts";
import { useSpread } from "./useSpread";
import { WeaknessInput } from "./WeaknessInput";

const MOST_WORLDS = 100_000;

/** Where an outbreak begins, through what, and how far it is followed. */
export function ScenarioForm({ action }: { action: string }) {
  const { t } = useTranslation();
  const { draft, change } = useSpread();
  const begin = useBegin();
  const [more, { toggle }] = useDisclosure(draft.model !== "SIR" || draft.outbreak !== "");
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.sources.length || draft.outbreak) begin.mutate({ kind: "forecast", scenario: told({ ...draft, changes: NO_CHANGES }), wait_s: WAIT_S });
  };
  const whole = (value: string | number, least: number) => Math.max(least, Math.round(Number(value)) || least);
  return (
    <form onSubmit={submit} className={classes.form}>
      {begin.isError && <Problem error={begin.error} />}
      <div className={classes.fields}>
        <div className={classes.wideField}>
          <HostsInput required={!draft.outbreak} label={t("spread.entries")} description={t("spread.entriesHint")} value={draft.sources} onChange={(sources) => change({ sources })} />
        </div>
        <WeaknessInput label={t("spread.through")} description={t("spread.throughHint")} value={draft.cve} onChange={(cve) => change({ cve: cve.trim() })} />
        <NumberInput
          label={t("spread.daysAhead")}
          description={t("spread.daysHint")}
          min={1}
          max={LONGEST_DAYS}
          allowDecimal={false}
          value={draft.days}
          onChange={(days) => change({ days: Math.min(LONGEST_DAYS, whole(days, 1)) })}
        />
      </div>
      <Collapse expanded={more}>
        <div id={id} className={classes.fields}>
          <NativeSelect
            label={t("spread.model")}
            description={t(`spread.models.${draft.model}`)}
            value={draft.model}
            onChange={(event) => change({ model: event.currentTarget.value as SpreadModel })}
            data={[...MODELS]}
          />
          <OutbreakInput value={draft.outbreak} onChange={(outbreak) => change({ outbreak })} />
          <NumberInput
            label={t("spread.worlds")}
            description={t("spread.worldsHint")}
            min={1}
            max={MOST_WORLDS}
            step={500}
            allowDecimal={false}
            placeholder={t("spread.asSet")}
            value={draft.worlds || ""}
            onChange={(worlds) => change({ worlds: Math.min(MOST_WORLDS, whole(worlds, 0)) })}
          />
          <NumberInput
            label={t("spread.seed")}
            description={t("spread.seedHint")}
            min={0}
            allowDecimal={false}
            value={draft.seed}
            onChange={(seed) => change({ seed: whole(seed, 0) })}
          />
        </div>
      </Collapse>
      <div className={classes.row}>
        <Button type="submit" loading={begin.isPending} disabled={draft.sources.length === 0 && !draft.outbreak} leftSection={<Icon name="play" size={16} />}>
          {action}
        </Button>
        <UnstyledButton className={classes.more} aria-expanded={more} aria-controls={id} onClick={toggle}>
          <Icon name={more ? "chevronDown" : "chevronRight"} size={16} />
          {t("spread.more")}
        </UnstyledButton>
      </div>
    </form>
  );
}
