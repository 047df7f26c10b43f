import { ActionIcon, type ActionIconProps, Tooltip } from "@mantine/core";
import type { ComponentProps } from "react";
import { Icon, type IconName } from "./Icon";

interface Props extends ActionIconProps, Omit<ComponentProps<"button">, keyof ActionIconProps> {
  label: string;
  icon: IconName;
  iconSize?: number;
  /** What is shown over it, where that is not the label. */
  tip?: string;
}

/** A button that shows an icon and, over it, what it does. */
export function IconAction({ label, icon, iconSize = 16, tip = label, ...rest }: Props) {
  return (
    <Tooltip label={tip}>
      <ActionIcon aria-label={label} {...rest}>
        <Icon name={icon} size={iconSize} />
      </ActionIcon>
    </Tooltip>
  );
}
