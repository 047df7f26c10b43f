import { useEffect, useRef } from "react";
import { ApiError } from "../api";
import { useErrorText } from "./Problem";

type Field = "password" | "old" | "email" | "name";

/** The server's sentences name what is wrong at their beginning. */
const ABOUT: [RegExp, Field][] = [
  [/^(The password|A password)/, "password"],
  [/^The old password/, "old"],
  [/^This is no e-mail address/, "email"],
  [/^(The name|Give the key a name)/, "name"],
];

/** Where to say what the server found wrong in a form: at its field (`at`), else above the form (`rest`). The field gets
 * the focus, so that it is read out with its error. */
export function useFaults(error: unknown) {
  const form = useRef<HTMLFormElement>(null);
  const text = useErrorText(error);
  const field = error instanceof ApiError ? ABOUT.find(([pattern]) => pattern.test(error.message))?.[1] : undefined;
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [error]);
  return { form, at: (name: Field) => (field === name ? text : undefined), rest: error && !field ? error : null };
}
