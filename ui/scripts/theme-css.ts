import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import type { Plugin } from "vite";
import { theme } from "../src/theme.ts";

type Variables = ReturnType<typeof defaultCssVariablesResolver>;

/** Mantine would write the theme's variables into a <style> element; our policy allows stylesheets of our origin only,
 * so they become one: `virtual:theme.css`, with what differs from Mantine's own defaults. */
export function themeCss(): Plugin {
  const name = "virtual:theme.css";
  return {
    name: "vedette-theme-css",
    resolveId: (id) => (id === name ? "\0theme.css" : null),
    load: (id) => (id === "\0theme.css" ? themeVariables() : null),
  };
}

export function themeVariables(): string {
  const ours = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  const usual = defaultCssVariablesResolver(DEFAULT_THEME);
  const differing: Variables = {
    variables: difference(ours.variables, usual.variables),
    light: difference(ours.light, usual.light),
    dark: difference(ours.dark, usual.dark),
  };
  return convertCssVariables(differing, ":root");
}

function difference(ours: Record<string, string>, usual: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(ours).filter(([key, value]) => usual[key] !== value));
}
