import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Band } from "../api";
import { DataTable } from "../parts/DataTable";
import classes from "./Fan.module.css";
import { FanChart } from "./FanChart";
import { useNumbers } from "./useNumbers";

interface Props {
  title?: string;
  /** Hosts compromised in simulated worlds, or found in the courses of a model. */
  about?: "total" | "found";
  days: number[];
  bands: Band[];
  day: number;
  onDay?: (place: number) => void;
  most?: number;
  tone?: "now" | "other";
}

/** How many hosts by each day: as a picture, as a sentence for the day that is looked at, and as a table. */
export function FanFigure({ title, about = "total", days, bands, day, onDay, most, tone = "now" }: Props) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const told = (at: number): string => {
    const band = bands[at];
    return band ? t("spread.fanSaid", { day: numbers.day(days[at] ?? 0), mean: numbers.hosts(band.mean), range80: numbers.range80(band), range95: numbers.range95(band) }) : "";
  };
  const name = title ?? t(`spread.${about}`);
  const parts = { line: t("spread.line"), band80: t(`spread.band80.${about}`), band95: t(`spread.band95.${about}`) };
  return (
    <figure className={classes.figure}>
      {title && <h3>{title}</h3>}
      <FanChart label={`${name}. ${told(bands.length - 1)}`} days={days} bands={bands} day={day} tone={tone} {...(most !== undefined && { most })} {...(onDay && { onDay })} />
      <figcaption>
        <p className={classes.said}>{told(day)}</p>
        <ul className={classes.key} aria-hidden="true">
          {(["line", "band80", "band95"] as const).map((part) => (
            <li key={part} className={classes.chart} data-tone={tone}>
              <svg width={22} height={12} viewBox="0 0 22 12">
                <path className={classes[part]} d={part === "line" ? "M0 6H22" : "M0 0H22V12H0Z"} />
              </svg>
              {parts[part]}
            </li>
          ))}
        </ul>
      </figcaption>
      <details className={classes.table}>
        <summary>{t("spread.asTable")}</summary>
        <DataTable
          caption={name}
          head={
            <>
              <Table.Th>{t("spread.axisDays")}</Table.Th>
              <Table.Th>{t("spread.expected")}</Table.Th>
              <Table.Th>80 %</Table.Th>
              <Table.Th>95 %</Table.Th>
            </>
          }
        >
          {bands.map((band, at) => (
            <Table.Tr key={days[at]}>
              <Table.Td>{days[at]}</Table.Td>
              <Table.Td>{numbers.hosts(band.mean)}</Table.Td>
              <Table.Td>{numbers.range80(band)}</Table.Td>
              <Table.Td>{numbers.range95(band)}</Table.Td>
            </Table.Tr>
          ))}
        </DataTable>
      </details>
    </figure>
  );
}
