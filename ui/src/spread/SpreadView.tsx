import { Alert, Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Forecast, ForecastJob, Network, Scenario } from "../api";
import { Icon } from "../parts/Icon";
import { Section } from "../parts/Section";
import { Explorer } from "./Explorer";
import { JobState } from "./JobState";
import { Sentences } from "./Reasons";
import { RecentForecasts } from "./RecentForecasts";
import { Result } from "./Result";
import { ResultTools } from "./ResultTools";
import { ScenarioForm } from "./ScenarioForm";
import { ScenarioLine } from "./ScenarioLine";
import classes from "./Spread.module.css";
import { SpreadContext } from "./useSpread";

interface Props {
  network: Network;
  job: ForecastJob | undefined;
  /** A forecast that came with an answer of the chat. */
  answered: Forecast | null;
  /** What the form begins with. */
  scenario: Scenario;
  /** The job of the address is not there, or another's. */
  gone: boolean;
}

/** What is asked above, what comes of it below. */
export function SpreadView({ network, job, answered, scenario, gone }: Props) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(scenario);
  const [selected, select] = useState<string | null>(null);
  const assets = useMemo(() => new Map(network.assets.map((asset) => [asset.id, asset])), [network]);
  const spread = useMemo(
    () => ({ assets, draft, selected, select, change: (part: Partial<Scenario>) => setDraft((now) => ({ ...now, ...part })) }),
    [assets, draft, selected],
  );
  const done = job?.state === "done" && job.result ? { kind: job.request.kind, result: job.result } : answered && { kind: "forecast" as const, result: answered };
  return (
    <SpreadContext.Provider value={spread}>
      <div className={classes.stack}>
        {gone && (
          <Alert role="alert" color="yellow" variant="light" icon={<Icon name="alert" />}>
            {t("spread.gone")}
          </Alert>
        )}
        {job || answered ? <Asked scenario={scenario} tools={done && <ResultTools {...done} />} /> : <Begin />}
        {job && !done && <JobState job={job} />}
        {done ? <Result {...done} network={network} /> : !job && <Explorer network={network} forecast={null} day={0} onDay={() => undefined} />}
        {!job && !answered && (
          <>
            {network.assumptions.length > 0 && (
              <Section title={t("spread.readAs")}>
                <Sentences title={t("spread.assumptions")} sentences={network.assumptions} />
              </Section>
            )}
            <RecentForecasts network={network.name} />
          </>
        )}
      </div>
    </SpreadContext.Provider>
  );
}

function Begin() {
  const { t } = useTranslation();
  return (
    <Section title={t("spread.question")}>
      <ScenarioForm action={t("spread.run")} />
    </Section>
  );
}

/** What was asked, and the form to ask something else. */
function Asked({ scenario, tools }: { scenario: Scenario; tools: ReactNode }) {
  const { t } = useTranslation();
  const [changing, { toggle }] = useDisclosure(false);
  return (
    <div>
      <div className={classes.line}>
        <p>
          <ScenarioLine scenario={scenario} />
        </p>
        <div className={classes.row}>
          <Button size="xs" variant="default" aria-expanded={changing} leftSection={<Icon name="edit" size={16} />} onClick={toggle}>
            {t("spread.change")}
          </Button>
          {tools}
        </div>
      </div>
      {changing && (
        <Section title={t("spread.question")}>
          <ScenarioForm action={t("spread.runAgain")} />
        </Section>
      )}
    </div>
  );
}
