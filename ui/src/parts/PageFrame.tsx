import { Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import classes from "./PageFrame.module.css";

interface Props {
  title: string;
  /** Buttons beside the title. */
  aside?: ReactNode;
  /** `narrow` for forms, `full` for pictures. */
  size?: "narrow" | "wide" | "full";
  children: ReactNode;
}

/** The frame of every page but the chat: sets the window's title, one h1, a readable width. */
export function PageFrame({ title, aside, size = "wide", children }: Props) {
  useTitle(title);
  return (
    <div className={classes.scroll}>
      <div className={classes.frame} data-size={size}>
        <div className={classes.head}>
          <Title order={1} size="h2">
            {title}
          </Title>
          {aside}
        </div>
        {children}
      </div>
    </div>
  );
}

export function useTitle(title: string) {
  useEffect(() => {
    document.title = title ? `${title} · Vedette` : "Vedette";
  }, [title]);
}
