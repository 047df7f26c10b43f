import { useTranslation } from "react-i18next";
import { Link, Navigate, useParams } from "react-router";
import { AuditLog } from "../admin/AuditLog";
import classes from "../admin/Admin.module.css";
import { FeedbackList } from "../admin/FeedbackList";
import { Health } from "../admin/Health";
import { People } from "../admin/People";
import { Queue } from "../admin/Queue";
import { PageFrame } from "../parts/PageFrame";

const PARTS = { people: People, queue: Queue, audit: AuditLog, feedback: FeedbackList, health: Health };
type Part = keyof typeof PARTS;

/** For whoever manages people: accounts, the line of questions, the audit log, what was rated, the state of all parts. */
export default function Admin() {
  const { t } = useTranslation();
  const { part = "people" } = useParams();
  if (!(part in PARTS)) return <Navigate to="/admin" replace />;
  const Shown = PARTS[part as Part];
  return (
    <PageFrame title={t("nav.admin")}>
      <nav aria-label={t("nav.admin")} className={classes.parts}>
        {(Object.keys(PARTS) as Part[]).map((name) => (
          <Link key={name} to={`/admin/${name}`} className={classes.part} aria-current={name === part ? "page" : undefined}>
            {t(`admin.${name}`)}
          </Link>
        ))}
      </nav>
      <Shown />
    </PageFrame>
  );
}
