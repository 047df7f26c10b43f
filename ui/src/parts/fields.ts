import type { FormEvent } from "react";

/** What stands in the fields of a form that is being sent, by their names. The browser's own sending is held back. */
export function fieldsOf(event: FormEvent<HTMLFormElement>): Record<string, string> {
  event.preventDefault();
  const given = [...new FormData(event.currentTarget)].filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return Object.fromEntries(given);
}
