import { useElementSize } from "@mantine/hooks";
import type { PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Band } from "../api";
import classes from "./Fan.module.css";
import { area, highest, line, MARGIN, roundUp, scales, ticks } from "./fan";

interface Props {
  /** Read in its place by whoever does not see it. */
  label: string;
  days: number[];
  bands: Band[];
  /** The highest number there is room for; that of the bands if not given. */
  most?: number;
  height?: number;
  /** Of probabilities: one band, and shares on the axis. */
  share?: (value: number) => string;
  /** The place of the day that is marked. */
  day?: number;
  onDay?: (place: number) => void;
  tone?: "now" | "other";
}

/** A line with its 80 % and 95 % bands over the days. */
export function FanChart({ label, days, bands, most = roundUp(highest(bands)), height = 240, share, day, onDay, tone = "now" }: Props) {
  const { t, i18n } = useTranslation();
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const width = measured || 560;
  const last = days.at(-1) ?? 1;
  const to = scales({ width, height }, last, most);
  const steps = share ? [0, 0.25, 0.5, 0.75, 1].filter((step) => step <= most) : ticks(most, Math.max(2, Math.floor(height / 55)));
  const shown = new Intl.NumberFormat(i18n.language, { notation: most >= 10_000 ? "compact" : "standard" });
  const marked = day === undefined ? undefined : bands[day];
  const press = (event: PointerEvent<SVGSVGElement>) => {
    const at = ((event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN.left) / Math.max(1, width - MARGIN.left - MARGIN.right)) * last;
    const nearest = days.reduce((best, one, place) => (Math.abs(one - at) < Math.abs((days[best] ?? 0) - at) ? place : best), 0);
    onDay?.(nearest);
  };
  return (
    <div ref={ref} className={classes.chart} data-tone={tone}>
      <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} width="100%" height={height} onPointerDown={onDay && press} className={onDay && classes.pressed}>
        {steps.map((step) => (
          <g key={step} className={classes.tick}>
            <path d={`M${MARGIN.left} ${to.y(step)}H${width - MARGIN.right}`} />
            <text x={MARGIN.left - 8} y={to.y(step)} textAnchor="end" dominantBaseline="middle">
              {share ? share(step) : shown.format(step)}
            </text>
          </g>
        ))}
        {ticks(last, Math.max(2, Math.min(10, Math.floor(width / 70)))).map((step) => (
          <text key={step} className={classes.tick} x={to.x(step)} y={height - MARGIN.bottom + 16} textAnchor="middle">
            {shown.format(step)}
          </text>
        ))}
        <text className={classes.axis} x={width - MARGIN.right} y={height - 3} textAnchor="end">
          {t("spread.axisDays")}
        </text>
        <path className={classes.band95} d={area(days, bands, to, "95")} />
        {!share && <path className={classes.band80} d={area(days, bands, to, "80")} />}
        <path className={classes.line} d={line(days, bands, to)} />
        {marked && day !== undefined && (
          <g className={classes.mark}>
            <path d={`M${to.x(days[day] ?? 0)} ${MARGIN.top}V${height - MARGIN.bottom}`} />
            <circle cx={to.x(days[day] ?? 0)} cy={to.y(marked.mean)} r={4} />
          </g>
        )}
      </svg>
    </div>
  );
}
