import { useHotkeys } from "@mantine/hooks";

/** Every shortcut holds a modifier key: single letters would get in the way of speech input (WCAG 2.2, 2.1.4). */
export const SHORTCUTS = {
  question: ["mod", "K"],
  begin: ["alt", "N"],
  search: ["alt", "S"],
  help: ["mod", "/"],
} as const;

export type ShortcutName = keyof typeof SHORTCUTS;

/** Calls `run` on the shortcut, in text fields too. */
export function useShortcut(name: ShortcutName, run: () => void) {
  useHotkeys([[SHORTCUTS[name].join("+"), run, { usePhysicalKeys: name !== "help" }]], [], true);
}
