import { Alert } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import shared from "../parts/shared.module.css";
import classes from "./Turn.module.css";

/** What the answer says of itself: that another provider took over, that a sentence was struck. */
export function Notices({ notices }: { notices: readonly string[] }) {
  const { t } = useTranslation();
  if (notices.length === 0) return null;
  return (
    <Alert role="note" color="yellow" variant="light" p="xs" icon={<Icon name="info" />} aria-label={t("answer.notice")}>
      <ul className={`${shared.bare} ${classes.notices}`}>
        {notices.map((notice) => (
          <li key={notice}>{notice}</li>
        ))}
      </ul>
    </Alert>
  );
}
