import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** Sea green, for what can be pressed; white on shades 7 to 9 and those on white keep 4.5:1 (WCAG 2.2, 1.4.3). */
const vedette: MantineColorsTuple = [
  "#e8f6f4",
  "#d3ebe8",
  "#a6d6d1",
  "#75c0b9",
  "#4caea5",
  "#2f9f95",
  "#178378",
  "#0f6f66",
  "#0b5f58",
  "#044a44",
];

const slate: MantineColorsTuple = [
  "#f1f4f6",
  "#d5dbe0",
  "#b9c1c8",
  "#98a2ab",
  "#6d7881",
  "#454f58",
  "#323b43",
  "#222a31",
  "#181f25",
  "#10161b",
];

/** Amber whose dark end can be read on its light end. */
const yellow: MantineColorsTuple = [
  "#fdf4dc",
  "#fae8bb",
  "#f4d488",
  "#edbf55",
  "#e5ac2f",
  "#cf9410",
  "#b07a00",
  "#8f6200",
  "#754f00",
  "#6b4800",
];

const SANS = 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** The <header> of a dialog is not the banner of the page. */
const NO_BANNER = { header: { role: "presentation" } };

export const theme = createTheme({
  primaryColor: "vedette",
  primaryShade: { light: 7, dark: 6 },
  colors: { vedette, yellow, dark: slate },
  fontFamily: SANS,
  fontFamilyMonospace: 'ui-monospace, "JetBrains Mono", "SF Mono", Menlo, Consolas, monospace',
  headings: { fontFamily: SANS, fontWeight: "600" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  autoContrast: true,
  components: {
    // Locking the page's scroll writes a <style> element, which the policy forbids.
    Modal: { defaultProps: { lockScroll: false, centered: true, attributes: NO_BANNER } },
    ModalRoot: { defaultProps: { lockScroll: false } },
    Drawer: { defaultProps: { lockScroll: false, attributes: NO_BANNER } },
    DrawerRoot: { defaultProps: { lockScroll: false } },
    // Its placeholder for the first focus is a child that a menu may not have; the first item takes it instead.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true, events: { hover: true, focus: true, touch: false } } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
  },
});
