import { Alert } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { Icon } from "../parts/Icon";

/** Stands in the place of a form that was sent; it gets the focus, which went with the form. */
export function FormDone({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <Alert ref={box} tabIndex={-1} role="status" color="vedette" variant="light" icon={<Icon name="check" />}>
      {children}
    </Alert>
  );
}
