import classes from "./Tlp.module.css";

/** A label in the colours that FIRST gives it. */
export function Tlp({ label }: { label: string }) {
  return label ? (
    <span className={classes.tlp} data-label={label}>
      TLP:{label}
    </span>
  ) : null;
}
