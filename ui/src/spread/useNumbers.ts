import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Band } from "../api";

/** Two ends as one where they read the same; else as `from` and `to` say them. */
const between = (low: string, high: string, from = low, to = high): string => (low === high ? low : from === to ? from : `${from}–${to}`);

/** Numbers as they are written in the language of the page. */
export function useNumbers() {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(() => {
    const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    const fine = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    const rates = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
    const shares = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
    const signed = new Intl.NumberFormat(language, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
    const scores = new Intl.NumberFormat(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
    const hosts = (value: number) => (Math.abs(value) < 10 ? fine : whole).format(value);
    const share = (value: number) => {
      if (value > 0 && value < 0.01) return `< ${shares.format(0.01)}`;
      return value < 1 && value > 0.99 ? `> ${shares.format(0.99)}` : shares.format(value);
    };
    return {
      /** A number of hosts, which may be a mean. */
      hosts,
      count: (value: number) => whole.format(value),
      share,
      /** `0 %–12 %`, once where both ends read the same. */
      shares: (low: number, high: number) => between(share(low), share(high), shares.format(low), shares.format(high)),
      /** A difference of probabilities, in hundredths. */
      points: (value: number) => t("spread.points", { shown: signed.format(100 * value) }),
      rate: (value: number) => rates.format(value),
      /** Of a backtest; nothing where there was none. */
      score: (value: number | undefined) => (value === undefined ? "–" : scores.format(value)),
      day: (value: number) => t("spread.day", { day: fine.format(value) }),
      days: (value: number) => t("spread.days", { count: Math.round(value * 10) / 10, shown: fine.format(value) }),
      range80: ({ low80, high80 }: Band) => between(hosts(low80), hosts(high80)),
      range95: ({ low95, high95 }: Band) => between(hosts(low95), hosts(high95)),
    };
  }, [t, language]);
}
