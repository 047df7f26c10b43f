import shared from "../parts/shared.module.css";
import classes from "./Spread.module.css";

export interface Figure {
  label: string;
  value: string;
  /** The interval, or what it is of. */
  beside: string;
}

/** The numbers that count most, each with its interval. */
export function Figures({ figures }: { figures: Figure[] }) {
  return (
    <dl className={classes.figures}>
      {figures.map(({ label, value, beside }) => (
        <div key={label} className={`${shared.box} ${classes.figure}`}>
          <dt>{label}</dt>
          <dd>
            {value}
            <span>{beside}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
