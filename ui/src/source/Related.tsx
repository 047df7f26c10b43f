import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { IdentifierCard } from "../api";
import { useBeside } from "../chat/panel";
import classes from "./IdentifierView.module.css";
import { wholeDocument } from "./place";

const DOCUMENT_ID = /^[0-9a-f]{16}$/;

/** What the records name beside an identifier, by relation: techniques, mitigations, rules. */
export function Related({ related, collection }: { related: IdentifierCard["related"]; collection: string }) {
  const { t } = useTranslation();
  const { show } = useBeside();
  const relations = [...new Set(related.map(([relation]) => relation))];
  if (relations.length === 0) return null;
  const open = (id: string, title: string) =>
    DOCUMENT_ID.test(id)
      ? show({ kind: "source", source: wholeDocument(id, title), answer: null })
      : show({ kind: "identifier", value: id, collection });
  return (
    <section aria-label={t("identifier.related")}>
      {relations.map((relation) => (
        <div key={relation}>
          <Text size="xs" c="var(--quiet)" mt="xs">
            {relation}
          </Text>
          <ul className={classes.related}>
            {related
              .filter(([name]) => name === relation)
              .map(([, id, title]) => (
                <li key={id}>
                  <button type="button" className={classes.link} onClick={() => open(id, title)}>
                    {DOCUMENT_ID.test(id) ? title : `${id} ${title}`.trim()}
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
