import { ActionIcon, type MantineColorScheme, Tooltip, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "../parts/Icon";

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: "light", light: "dark", dark: "auto" };
const ICON: Record<MantineColorScheme, IconName> = { auto: "auto", light: "sun", dark: "moon" };

/** As the system, light, dark: one button that goes round. */
export function ColourScheme() {
  const { t } = useTranslation();
  // Stopping transitions for the change would write a <style> element, which the policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const label = `${t("scheme.title")}: ${t(`scheme.${colorScheme}`)}`;
  return (
    <Tooltip label={label}>
      <ActionIcon size="lg" aria-label={label} onClick={() => setColorScheme(NEXT[colorScheme])}>
        <Icon name={ICON[colorScheme]} />
      </ActionIcon>
    </Tooltip>
  );
}
