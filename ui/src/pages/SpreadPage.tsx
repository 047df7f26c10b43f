import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useParams, useSearchParams } from "react-router";
import { ApiError, type Forecast } from "../api";
import { BesidePlace } from "../chat/BesidePlace";
import { BesideContext, useBesideOf } from "../chat/panel";
import { useChat } from "../chat/useChat";
import { useNarrow } from "../chat/useNarrow";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { PageFrame } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import { KEYS, useCollections } from "../queries";
import classes from "../spread/Spread.module.css";
import { SpreadView } from "../spread/SpreadView";
import { modelsAddress, scenarioIn, scenarioOf } from "../spread/scenario";
import { useForecast, useNetwork } from "../spread/useForecasts";

const DEFAULT = "default";

/** One network, and a forecast of it; what that stands on is at the right. */
export default function SpreadPage() {
  const { t } = useTranslation();
  const { network: name = "", job: id } = useParams();
  const [query] = useSearchParams();
  const { pathname, search } = useLocation();
  const queries = useQueryClient();
  const network = useNetwork(name);
  const job = useForecast(id);
  const narrow = useNarrow();
  const { begin } = useChat(undefined);
  const collections = useCollections().data ?? [];
  const collection = collections.some((one) => one.name === DEFAULT) ? DEFAULT : (collections[0]?.name ?? DEFAULT);
  const ask = useCallback((text: string) => void begin(text, collection), [begin, collection]);
  const beside = useBesideOf(`${name} ${id}`, collection, ask);
  const gone = job.error instanceof ApiError && job.error.status === 404;
  const answered = queries.getQueryData<Forecast>(KEYS.answered(pathname + search)) ?? null;
  const scenario = (job.data && scenarioOf(job.data)) ?? scenarioIn(name, query);
  const back = (
    <div className={classes.row}>
      <Button component={Link} to="/spread" variant="subtle" size="xs" leftSection={<Icon name="chevronLeft" size={16} />}>
        {t("spread.networks")}
      </Button>
      <Button component={Link} to={modelsAddress(name)} variant="subtle" size="xs" rightSection={<Icon name="chevronRight" size={16} />}>
        {t("spread.learn.models")}
      </Button>
    </div>
  );
  return (
    <BesideContext.Provider value={beside}>
      <div className={classes.page} data-beside={beside.panel !== null && !narrow}>
        <div className={classes.middle}>
          {/* A new forecast is read from its beginning. */}
          <PageFrame key={`${name} ${id}`} title={name} aside={back} size="full">
            {(network.isPending || (id && job.isPending)) && <Loading />}
            {network.isError && <Problem error={network.error} again={() => void network.refetch()} />}
            {job.isError && !gone && <Problem error={job.error} again={() => void job.refetch()} />}
            {network.data && (!id || job.data || gone) && (
              <SpreadView key={`${name} ${id ?? search}`} network={network.data} job={gone ? undefined : job.data} answered={id ? null : answered} scenario={scenario} gone={gone} />
            )}
          </PageFrame>
        </div>
        <BesidePlace narrow={narrow} />
      </div>
    </BesideContext.Provider>
  );
}
