import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../api";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import shared from "../parts/shared.module.css";
import { KEYS } from "../queries";
import classes from "./Admin.module.css";

/** Whether the chain of the log holds: no line was changed, taken out or put in. */
export function AuditState() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: KEYS.auditState, queryFn: api.admin.verifyAudit, staleTime: 0 });
  if (found.isError) return <Problem error={found.error} again={() => void found.refetch()} />;
  const whole = found.data ? found.data.broken === null : undefined;
  return (
    <div className={shared.above}>
      <span role="status" className={classes.state} data-ok={whole}>
        {found.data && (
          <>
            <Icon name={whole ? "shield" : "alert"} />
            {whole ? t("admin.chainHolds", { count: found.data.entries }) : t("admin.chainBroken", { number: found.data.broken })}
          </>
        )}
      </span>
      <Button size="xs" variant="default" loading={found.isFetching} onClick={() => void found.refetch()}>
        {t("admin.verify")}
      </Button>
    </div>
  );
}
