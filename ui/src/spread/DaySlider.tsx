import { Slider } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconAction } from "../parts/IconAction";
import classes from "./Spread.module.css";
import { useNumbers } from "./useNumbers";

interface Props {
  days: number[];
  /** The place among the days. */
  value: number;
  onChange: (place: number) => void;
}

const STEP_MS = 700;

/** Chooses a day: by pointer, arrows, Home and End; or lets the days go by. */
export function DaySlider({ days, value, onChange }: Props) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const [playing, setPlaying] = useState(false);
  const last = days.length - 1;
  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => (value < last ? onChange(value + 1) : setPlaying(false)), STEP_MS);
    return () => clearTimeout(timer);
  }, [playing, value, last, onChange]);
  const press = () => {
    if (!playing && value === last) onChange(0);
    setPlaying(!playing);
  };
  const shown = numbers.day(days[value] ?? 0);
  return (
    <div className={classes.days}>
      <IconAction variant="default" size="lg" icon={playing ? "stop" : "play"} label={t(playing ? "chat.stop" : "spread.play")} onClick={press} />
      <Slider
        className={classes.slider}
        min={0}
        max={Math.max(1, last)}
        value={value}
        label={null}
        thumbLabel={t("spread.dayShown")}
        thumbValueText={shown}
        marks={last <= 31 ? days.map((_, at) => ({ value: at })) : []}
        onChange={(place) => {
          setPlaying(false);
          onChange(place);
        }}
      />
      <output className={classes.dayShown}>{shown}</output>
    </div>
  );
}
