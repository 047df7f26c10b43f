import { Alert, Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api";
import { Icon } from "./Icon";

interface Props {
  error: unknown;
  /** Offered when trying again may help. */
  again?: () => void;
  /** It stands in place of a page or panel: with room around it. */
  inset?: boolean;
}

/** What went wrong, in the server's own sentence, with the way out. */
export function Problem({ error, again, inset = false }: Props) {
  const { t } = useTranslation();
  return (
    <Alert m={inset ? "md" : 0} color="red" variant="light" icon={<Icon name="alert" />} role="alert" title={t("common.problem")}>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{useErrorText(error)}</Text>
        {again && (
          <Button size="xs" variant="default" onClick={again}>
            {t("common.again")}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

/** The sentence that tells of an error: the server's where it gave one. */
export function useErrorText(error: unknown): string {
  const { t } = useTranslation();
  if (!(error instanceof ApiError)) return error instanceof TypeError ? t("common.offline") : t("common.broken");
  if (error.status === 0) return t("common.offline");
  return error.message || t("common.broken");
}
