/** A moment as people say it: the time of today, else the day, with the year where it is another. */
export function when(iso: string, language: string, now = new Date()): string {
  const at = new Date(iso);
  if (!iso || Number.isNaN(at.getTime())) return "";
  if (at.toDateString() === now.toDateString()) {
    return at.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  }
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const };
  return at.toLocaleDateString(language, { day: "numeric", month: "short", ...year });
}
