import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Containment, Forecast, ForecastJob, WhatIf } from "../api";
import { copyText } from "../parts/copy";
import { Icon } from "../parts/Icon";
import { save } from "../parts/save";
import { changesCsv, foundCsv, hostsCsv, measuresCsv, nextCsv } from "./exports";
import { useSpread } from "./useSpread";

type Result = Pick<ForecastJob, "result"> & { kind: ForecastJob["request"]["kind"] };

/** Takes a result along: as a table, as it is, or as an address. */
export function ResultTools({ result, kind }: Result) {
  const { t } = useTranslation();
  const { assets, draft } = useSpread();
  const [copied, setCopied] = useState(false);
  const name = `${draft.network}-${kind}`;
  const table = (): string => {
    if (kind === "whatif") return changesCsv(result as WhatIf);
    return kind === "contain" ? measuresCsv(result as Containment) : hostsCsv(result as Forecast, assets);
  };
  const forecast = kind === "forecast" ? (result as Forecast) : null;
  const saveTable = (text: string, part = "") => save(new Blob([text], { type: "text/csv;charset=utf-8" }), `${name}${part}.csv`);
  const copy = async () => {
    await copyText(location.href);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <>
      <Button size="xs" variant="default" leftSection={<Icon name={copied ? "check" : "link"} size={16} />} onClick={() => void copy()}>
        {t(copied ? "common.copied" : "spread.copyLink")}
      </Button>
      <Menu position="bottom-end" returnFocus>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<Icon name="download" size={16} />}>
            {t("spread.export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => saveTable(table())}>CSV</Menu.Item>
          {forecast && forecast.found.length > 0 && <Menu.Item onClick={() => saveTable(foundCsv(forecast), "-found")}>CSV: {t("spread.found")}</Menu.Item>}
          {forecast && forecast.next.length > 0 && <Menu.Item onClick={() => saveTable(nextCsv(forecast), "-next")}>CSV: {t("spread.next")}</Menu.Item>}
          <Menu.Item onClick={() => save(new Blob([JSON.stringify(result, null, 1)], { type: "application/json" }), `${name}.json`)}>JSON</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
