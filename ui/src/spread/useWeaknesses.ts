import { useMemo } from "react";
import { useSpread } from "./useSpread";

/** How many hosts have each vulnerability, the most frequent first. */
export function useWeaknesses(): Map<string, number> {
  const { assets } = useSpread();
  return useMemo(() => {
    const hosts = new Map<string, number>();
    for (const asset of assets.values()) {
      for (const cve of new Set(asset.weaknesses.map((one) => one.cve))) hosts.set(cve, (hosts.get(cve) ?? 0) + 1);
    }
    return new Map([...hosts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)));
  }, [assets]);
}
