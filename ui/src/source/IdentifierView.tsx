import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiError, api } from "../api";
import { useBeside } from "../chat/panel";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import classes from "./IdentifierView.module.css";
import { Related } from "./Related";
import { wholeDocument } from "./place";

/** The card of an identifier: what the collection's records say of it, each line with its document. */
export function IdentifierView({ value, collection }: { value: string; collection: string }) {
  const { t } = useTranslation();
  const { show, ask } = useBeside();
  const found = useQuery({
    queryKey: ["identifier", collection, value],
    queryFn: () => api.identifier(value, collection),
    staleTime: 300_000,
  });
  if (found.error instanceof ApiError && found.error.status === 404) {
    return <Text p="md">{t("identifier.unknown", { value })}</Text>;
  }
  if (found.isError) return <Problem inset error={found.error} again={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const card = found.data;
  return (
    <div className={classes.card}>
      <Stack gap="sm">
        <div>
          <Text fw={600}>{card.title}</Text>
          <Text size="xs" c="var(--quiet)">
            {card.kind}
          </Text>
        </div>
        <dl className={classes.lines}>
          {card.lines.map((line) => (
            <div key={`${line.label} ${line.document} ${line.text}`} className={classes.line}>
              <dt>{line.label}</dt>
              <dd>
                {line.text}{" "}
                {line.document && (
                  <Anchor
                    component="button"
                    type="button"
                    size="xs"
                    aria-label={`${t("identifier.open")}: ${line.label}`}
                    onClick={() => show({ kind: "source", source: wholeDocument(line.document, card.title), answer: null })}
                  >
                    <Icon name="document" size={13} />
                  </Anchor>
                )}
              </dd>
            </div>
          ))}
        </dl>
        <Related related={card.related} collection={collection} />
        <Button variant="light" size="xs" onClick={() => ask(t("identifier.askText", { value: card.value }))}>
          {t("identifier.ask", { value: card.value })}
        </Button>
      </Stack>
    </div>
  );
}
