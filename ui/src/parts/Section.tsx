import { type ReactNode, useId } from "react";
import classes from "./Section.module.css";
import shared from "./shared.module.css";

interface Props {
  title: string;
  /** A button beside the title. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A part of a page with a heading of its own. */
export function Section({ title, aside, children }: Props) {
  const id = useId();
  return (
    <section className={`${shared.box} ${classes.section}`} aria-labelledby={id}>
      <div className={classes.head}>
        <h2 id={id} className={classes.title}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
