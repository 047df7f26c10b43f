import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Support } from "../api";
import classes from "./Marks.module.css";

interface Props {
  support: Support;
  ends: string;
  children?: ReactNode;
}

/** A sentence by its support. What is less than supported is underlined and says so in words. */
export function ClaimText({ support, ends, children }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <span className={classes.claim} data-support={support}>
        {children}
      </span>
      {ends && support !== "supported" && (
        <span className={classes.tag} data-support={support}>
          {t(`support.${support}`)}
        </span>
      )}
    </>
  );
}
