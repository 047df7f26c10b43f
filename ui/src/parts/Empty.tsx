import { Text } from "@mantine/core";

/** Said where a list has nothing in it. */
export function Empty({ children }: { children: string }) {
  return (
    <Text c="var(--quiet)" size="sm" py="md">
      {children}
    </Text>
  );
}
