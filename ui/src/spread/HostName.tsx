import classes from "./Spread.module.css";
import { useSpread } from "./useSpread";

/** The name of a host, which opens its card; `pressed` where pressing it again closes it. */
export function HostName({ id, pressed }: { id: string; pressed?: boolean }) {
  const { assets, select } = useSpread();
  const name = assets.get(id)?.name || id;
  return (
    <button type="button" className={classes.hostName} title={name} aria-pressed={pressed} onClick={() => select(pressed ? null : id)}>
      {name}
    </button>
  );
}
