import { Badge, Button, Table } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ForecastModel, ModelState } from "../api";
import { DataTable } from "../parts/DataTable";
import tables from "../parts/Table.module.css";
import { when } from "../parts/when";
import fans from "./Fan.module.css";
import { PromoteModel } from "./PromoteModel";
import classes from "./Spread.module.css";
import { useNumbers } from "./useNumbers";

const AT_ONCE = 10;
const ORDER: readonly ModelState[] = ["champion", "challenger", "baseline", "retired"];
const COVERAGES = ["80", "95"] as const;

interface Props {
  models: ForecastModel[];
  /** Whoever is here may promote. */
  editor: boolean;
}

/** The models of a network, the champion first, with what the last backtest found. */
export function ModelTable({ models, editor }: Props) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(AT_ONCE);
  const sorted = [...models].sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
  return (
    <>
      <DataTable
        caption={t("spread.learn.models")}
        head={
          <>
            <Table.Th className={tables.main}>{t("spread.learn.model")}</Table.Th>
            <Table.Th>CRPS</Table.Th>
            <Table.Th className={tables.wide}>WIS</Table.Th>
            {COVERAGES.map((part) => (
              <Table.Th key={part} className={tables.wide}>
                <span className={classes.wraps}>{t("spread.learn.within", { share: `${part} %` })}</span>
              </Table.Th>
            ))}
            <Table.Th className={tables.wide}>{t("spread.learn.made")}</Table.Th>
            {editor && (
              <Table.Th className={tables.end}>
                <span className="visually-hidden">{t("common.actions")}</span>
              </Table.Th>
            )}
          </>
        }
      >
        {sorted.slice(0, shown).map((model) => (
          <ModelRow key={model.id} model={model} editor={editor} />
        ))}
      </DataTable>
      {sorted.length > shown && (
        <Button mt="sm" variant="default" size="xs" onClick={() => setShown(sorted.length)}>
          {t("documents.more", { count: sorted.length - shown })}
        </Button>
      )}
    </>
  );
}

function ModelRow({ model, editor }: { model: ForecastModel; editor: boolean }) {
  const { t, i18n } = useTranslation();
  const numbers = useNumbers();
  const [promoting, setPromoting] = useState(false);
  const { kind, version, state, metrics } = model;
  const name = `${kind}-${version}`;
  const about = `spread.learn.kinds.${kind}`;
  const coverage = (part: (typeof COVERAGES)[number]) => {
    const found = metrics[`coverage${part}`];
    return found === undefined ? "–" : numbers.share(found);
  };
  const made = when(model.made, i18n.language);
  return (
    <Table.Tr>
      <Table.Td>
        <span className={classes.modelName}>{name}</span>{" "}
        <Badge variant={state === "champion" ? "filled" : "default"}>{t(`spread.learn.states.${state}`)}</Badge>
        {i18n.exists(about) && <div className={tables.quiet}>{t(about as "spread.learn.kinds.analogs")}</div>}
        <div className={`${tables.quiet} ${tables.small}`}>
          {made}
          {metrics.wis !== undefined && ` · WIS ${numbers.score(metrics.wis)} · ${COVERAGES.map((part) => `${part} %: ${coverage(part)}`).join(" · ")}`}
        </div>
        <Lineage lineage={model.lineage} name={name} />
      </Table.Td>
      <Table.Td className={tables.nowrap}>{numbers.score(metrics.crps)}</Table.Td>
      <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{numbers.score(metrics.wis)}</Table.Td>
      {COVERAGES.map((part) => (
        <Table.Td key={part} className={tables.wide}>
          {coverage(part)}
        </Table.Td>
      ))}
      <Table.Td className={`${tables.wide} ${tables.nowrap}`}>{made}</Table.Td>
      {editor && (
        <Table.Td className={tables.end}>
          {(state === "challenger" || state === "retired") && (
            <Button size="xs" variant={metrics.promotable ? "filled" : "default"} aria-label={t("spread.learn.promoteName", { name })} onClick={() => setPromoting(true)}>
              {t("spread.learn.promote")}
            </Button>
          )}
          {promoting && <PromoteModel model={model} onClose={() => setPromoting(false)} />}
        </Table.Td>
      )}
    </Table.Tr>
  );
}

/** Where a model comes from, on demand. */
function Lineage({ lineage, name }: { lineage: ForecastModel["lineage"]; name: string }) {
  const { t } = useTranslation();
  return (
    <details className={fans.table}>
      <summary aria-label={t("spread.learn.lineageOf", { name })}>{t("spread.learn.lineage")}</summary>
      <dl className={`${classes.facts} ${classes.lineage}`}>
        {Object.entries(lineage).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value || "–"}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
