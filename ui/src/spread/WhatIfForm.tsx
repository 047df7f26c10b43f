import { Button, NumberInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import { HostsInput } from "./HostsInput";
import { isChanged, LONGEST_DAYS, told } from "./scenario";
import classes from "./Spread.module.css";
import { useBegin, WAIT_S } from "./useForecasts";
import { useSpread } from "./useSpread";
import { WeaknessesInput } from "./WeaknessInput";

/** What would be different: hosts cut off, vulnerabilities patched, all at once or a share of them a day. */
export function WhatIfForm() {
  const { t } = useTranslation();
  const { draft, change } = useSpread();
  const { changes } = draft;
  const begin = useBegin();
  const set = (part: Partial<typeof changes>) => change({ changes: { ...changes, ...part } });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin.mutate({ kind: "whatif", scenario: told(draft), wait_s: WAIT_S });
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      {begin.isError && <Problem error={begin.error} />}
      <div className={classes.fields}>
        <div className={classes.wideField}>
          <HostsInput label={t("spread.isolateHosts")} description={t("spread.isolateHint")} value={changes.isolate} onChange={(isolate) => set({ isolate })} />
        </div>
        <div className={classes.wideField}>
          <WeaknessesInput label={t("spread.patchWeaknesses")} description={t("spread.patchHint")} value={changes.patch} onChange={(patch) => set({ patch })} />
        </div>
        <NumberInput
          label={t("spread.patchFrom")}
          description={t("spread.patchFromHint")}
          min={0}
          max={LONGEST_DAYS}
          disabled={changes.patch.length === 0}
          value={changes.patch_from}
          onChange={(from) => set({ patch_from: Math.max(0, Number(from) || 0) })}
        />
        <NumberInput
          label={t("spread.patchShare")}
          description={t("spread.patchShareHint")}
          min={1}
          max={100}
          suffix=" %"
          disabled={changes.patch.length === 0}
          value={Math.round(changes.patch_share * 100)}
          onChange={(share) => set({ patch_share: Math.min(1, Math.max(0.01, (Number(share) || 0) / 100)) })}
        />
      </div>
      <div className={classes.row}>
        <Button type="submit" loading={begin.isPending} disabled={!isChanged(changes)} leftSection={<Icon name="play" size={16} />}>
          {t("spread.compare")}
        </Button>
        {!isChanged(changes) && <span className={classes.quiet}>{t("spread.noChanges")}</span>}
      </div>
    </form>
  );
}
