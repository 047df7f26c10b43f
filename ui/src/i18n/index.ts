import i18n from "i18next";
import { initReactI18next } from "react-i18next";
import type en from "./en.json";

export const LANGUAGES = { en: "English", es: "Español", fr: "Français" } as const;
export type Language = keyof typeof LANGUAGES;

export const isLanguage = (tag: string | undefined): tag is Language => tag !== undefined && tag in LANGUAGES;

const KEPT = "vedette-language";
const load = { en: () => import("./en.json"), es: () => import("./es.json"), fr: () => import("./fr.json") };

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "page";
    resources: { page: typeof en };
  }
}

/** The language to begin with: the one chosen here before, else the browser's, else English. */
export function firstLanguage(kept: string | null, wanted: readonly string[]): Language {
  const found = [kept ?? "", ...wanted].map((tag) => tag.slice(0, 2)).find((tag) => tag in LANGUAGES);
  return (found as Language | undefined) ?? "en";
}

export async function startLanguage(language = firstLanguage(localStorage.getItem(KEPT), navigator.languages)) {
  await i18n.use(initReactI18next).init({
    ns: "page",
    defaultNS: "page",
    interpolation: { escapeValue: false },
    lng: language,
    fallbackLng: false,
    resources: { [language]: { page: (await load[language]()).default } },
  });
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language) {
  await speak(language);
  localStorage.setItem(KEPT, language);
}

/** The language of the account, or of the house, for whoever has chosen none in this browser. */
export async function adoptLanguage(language: string) {
  if (isLanguage(language) && language !== i18n.language && !localStorage.getItem(KEPT)) await speak(language);
}

async function speak(language: Language) {
  i18n.addResourceBundle(language, "page", (await load[language]()).default);
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
}
