import { MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";
import { theme } from "./theme";

/** Mantine without the <style> elements that it writes: variables come from `virtual:theme.css` (scripts/theme-css.ts).
 * In `env` test nothing moves. */
export function Appearance({ children, env = "default" }: { children: ReactNode; env?: "default" | "test" }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false} env={env}>
      {children}
    </MantineProvider>
  );
}
