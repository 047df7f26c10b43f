import { Alert } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Containment, Forecast, ForecastJob, Network, WhatIf } from "../api";
import { Icon } from "../parts/Icon";
import { ContainView } from "./ContainView";
import { ForecastView } from "./ForecastView";
import { useNetworks } from "./useForecasts";
import { WhatIfView } from "./WhatIfView";

interface Props {
  kind: ForecastJob["request"]["kind"];
  result: unknown;
  network: Network;
}

/** What a job came to, as its kind wants it. */
export function Result({ kind, result, network }: Props) {
  return (
    <>
      <Outdated digest={digestOf(kind, result)} name={network.name} />
      {kind === "forecast" && <ForecastView forecast={result as Forecast} network={network} />}
      {kind === "whatif" && <WhatIfView result={result as WhatIf} network={network} />}
      {kind === "contain" && <ContainView result={result as Containment} network={network} />}
    </>
  );
}

const digestOf = (kind: Props["kind"], result: unknown): string => (kind === "whatif" ? (result as WhatIf).after : (result as Forecast)).digest;

/** Said where the network was stored anew since. */
function Outdated({ digest, name }: { digest: string; name: string }) {
  const { t } = useTranslation();
  const now = useNetworks().data?.find((one) => one.name === name)?.digest;
  if (!digest || !now || digest === now) return null;
  return (
    <Alert mb="md" role="note" color="yellow" variant="light" icon={<Icon name="alert" />}>
      {t("spread.outdated")}
    </Alert>
  );
}
