import { type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { IconName } from "../parts/Icon";
import { IconAction } from "../parts/IconAction";

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: "light", light: "dark", dark: "auto" };
const ICON: Record<MantineColorScheme, IconName> = { auto: "auto", light: "sun", dark: "moon" };

/** As the system, light, dark: one button that goes round. */
export function ColourScheme() {
  const { t } = useTranslation();
  // Stopping transitions for the change would write a <style> element, which the policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const label = `${t("scheme.title")}: ${t(`scheme.${colorScheme}`)}`;
  const next = () => setColorScheme(NEXT[colorScheme]);
  return <IconAction size="lg" iconSize={18} label={label} icon={ICON[colorScheme]} onClick={next} />;
}
