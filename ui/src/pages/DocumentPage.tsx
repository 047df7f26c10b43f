import { useParams, useSearchParams } from "react-router";
import { useTitle } from "../parts/PageFrame";
import shared from "../parts/shared.module.css";
import { useDocument } from "../queries";
import { SourceView } from "../source/SourceView";
import { wholeDocument } from "../source/place";
import classes from "./DocumentPage.module.css";

/** One document, at a passage where the address names one: /documents/ID?page=3&start=120&end=240. */
export default function DocumentPage() {
  const { id = "" } = useParams();
  const [asked] = useSearchParams();
  const title = useDocument(id).data?.title ?? "";
  useTitle(title);
  const number = (name: string) => Number(asked.get(name)) || 0;
  const place = { ...wholeDocument(id, title), page: number("page"), start: number("start"), end: number("end") };
  return (
    <div className={classes.page}>
      <h1 className={classes.title}>{title}</h1>
      <div className={shared.fill}>
        <SourceView place={place} full />
      </div>
    </div>
  );
}
