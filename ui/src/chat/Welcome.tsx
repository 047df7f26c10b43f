import { ActionIcon, Button, Select, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon } from "../parts/Icon";
import { useTitle } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import shared from "../parts/shared.module.css";
import { useCollections } from "../queries";
import { Composer } from "./Composer";
import classes from "./Welcome.module.css";

interface Props {
  onList: () => void;
  onBegin: (text: string, collection: string) => Promise<void>;
}

/** A new conversation: the question box, the collection, and questions to begin with. */
export function Welcome({ onList, onBegin }: Props) {
  const { t } = useTranslation();
  useTitle("");
  const collections = useCollections();
  const [chosen, setChosen] = useState<string | null>(null);
  const all = collections.data ?? [];
  const collection = all.find((one) => one.name === chosen) ?? all.find((one) => one.documents > 0) ?? all[0];
  const begin = useMutation({ mutationFn: (text: string) => onBegin(text, collection?.name ?? "default") });
  return (
    <div className={classes.welcome}>
      <div className={classes.top}>
        <ActionIcon size="lg" className={classes.listButton} aria-label={t("chat.showList")} onClick={onList}>
          <Icon name="sidebar" />
        </ActionIcon>
      </div>
      <div className={classes.middle}>
        <Title order={1} size="h2">
          {t("chat.welcome")}
        </Title>
        <Text c="var(--quiet)" maw="36rem">
          {t("chat.promise")}
        </Text>
        {collections.isError && <Problem error={collections.error} again={() => void collections.refetch()} />}
        {begin.isError && <Problem error={begin.error} />}
        <Composer
          collection={collection?.name ?? "default"}
          onSend={(text) => begin.mutate(text)}
          busy={begin.isPending}
          autoFocus
        />
        {all.length > 1 && (
          <Select
            w="100%"
            maw="22rem"
            size="sm"
            allowDeselect={false}
            label={t("chat.collection")}
            value={collection?.name ?? null}
            onChange={setChosen}
            data={all.map((one) => ({ value: one.name, label: `${one.name} (${t("chat.documents", { count: one.documents })})` }))}
          />
        )}
        {collections.isSuccess && !all.some((one) => one.documents > 0) && (
          <div>
            <Text mb="xs">{t("chat.noDocuments")}</Text>
            <Button component={Link} to="/documents" variant="light" leftSection={<Icon name="upload" />}>
              {t("chat.addDocuments")}
            </Button>
          </div>
        )}
        {(collection?.suggestions?.length ?? 0) > 0 && (
          <section aria-label={t("chat.suggestions")} className={classes.suggestions}>
            {collection?.suggestions.map((question) => (
              <button key={question} type="button" className={`${shared.choice} ${classes.suggestion}`} onClick={() => begin.mutate(question)}>
                {question}
              </button>
            ))}
          </section>
        )}
      </div>
    </div>
  );
}
