import { Alert, Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { QueuedQuestion } from "../api";
import { FURTHEST } from "../api/queue";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import type { Later } from "./useLater";

/** What became of the question that was put into the line: its place and where the answer will be, or why not. */
export function LaterTold({ later }: { later: Later }) {
  const { t } = useTranslation();
  const { queued, error } = later;
  const taken = ({ place }: QueuedQuestion) => {
    if (place > FURTHEST) return t("later.inLineFar");
    return place > 0 ? t("later.inLine", { place }) : t("later.taken");
  };
  return (
    <>
      {error && <Problem error={error} />}
      <div role="status">
        {queued && (
          <Alert
            role="note"
            color="vedette"
            variant="light"
            icon={<Icon name="check" />}
            title={taken(queued)}
            withCloseButton
            closeButtonLabel={t("common.close")}
            onClose={later.dismiss}
          >
            {queued.submission.by_mail ? t("later.toMail", { address: later.address }) : t("later.toPage")}{" "}
            <Anchor component={Link} to="/questions" size="sm">
              {t("nav.questions")}
            </Anchor>
          </Alert>
        )}
      </div>
    </>
  );
}
