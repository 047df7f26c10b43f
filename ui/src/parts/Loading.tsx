import { Center, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";

export function Loading() {
  const { t } = useTranslation();
  return (
    <Center mih="12rem" h="100%" role="status" aria-label={t("common.loading")}>
      <Loader size="sm" type="dots" />
    </Center>
  );
}
