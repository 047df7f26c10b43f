/** Costs that were typed, one a line: `db-1 3` or `db-1: 3`. Lines that are none of that are told apart. */
export function costsIn(text: string): { costs: Record<string, number>; wrong: string[] } {
  const costs: Record<string, number> = {};
  const wrong: string[] = [];
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const [, target, cost] = /^(.+?)\s*[:=\s]\s*(\d+(?:[.,]\d+)?)$/.exec(line) ?? [];
    if (target && cost) costs[target] = Number(cost.replace(",", "."));
    else wrong.push(line);
  }
  return { costs, wrong };
}

export const costsText = (costs: Record<string, number>): string =>
  Object.entries(costs).map(([target, cost]) => `${target} ${cost}`).join("\n");
