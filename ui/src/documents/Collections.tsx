import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { CollectionInfo } from "../api";
import shared from "../parts/shared.module.css";
import classes from "./Documents.module.css";

interface Props {
  collections: CollectionInfo[];
  current: string;
}

export const placeOf = (collection: string) => (collection ? `/documents?${new URLSearchParams({ collection })}` : "/documents");

/** All collections; each leads to its documents. */
export function Collections({ collections, current }: Props) {
  const { t } = useTranslation();
  const total = collections.reduce((sum, one) => sum + one.documents, 0);
  const rows = [{ name: "", documents: total }, ...collections];
  return (
    <nav aria-label={t("documents.collections")}>
      <ul className={`${shared.bare} ${classes.collections}`}>
        {rows.map(({ name, documents }) => (
          <li key={name}>
            <Link to={placeOf(name)} className={classes.collection} aria-current={name === current ? "page" : undefined}>
              <span className={classes.name}>{name || t("documents.all")}</span>
              <span className={classes.count}>
                {documents.toLocaleString()} <span className="visually-hidden">{t("nav.documents")}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
