import { Button, ScrollArea, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api } from "../api";
import { useShortcut } from "../layout/useShortcut";
import { Icon } from "../parts/Icon";
import { Problem } from "../parts/Problem";
import shared from "../parts/shared.module.css";
import { KEYS } from "../queries";
import { ConversationItem } from "./ConversationItem";
import classes from "./ConversationList.module.css";

interface Props {
  current: string | undefined;
  onChosen?: () => void;
}

/** All conversations of whoever is here, the last changed first, with search over titles and turns. */
export function ConversationList({ current, onChosen }: Props) {
  const { t } = useTranslation();
  const go = useNavigate();
  const box = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState("");
  const [search] = useDebouncedValue(words.trim(), 250);
  const found = useQuery({
    queryKey: [...KEYS.conversations, search],
    queryFn: ({ signal }) => api.conversations.list(search, signal),
    placeholderData: keepPreviousData,
  });
  useShortcut("begin", () => void go("/"));
  useShortcut("search", () => box.current?.focus());
  return (
    <div className={classes.list}>
      <Button component={Link} to="/" onClick={onChosen} leftSection={<Icon name="add" />} fullWidth variant="light">
        {t("chat.new")}
      </Button>
      <TextInput
        ref={box}
        type="search"
        size="sm"
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        placeholder={t("chat.search")}
        aria-label={t("chat.search")}
        leftSection={<Icon name="search" size={16} />}
      />
      <ScrollArea className={shared.fill} type="hover" viewportProps={{ tabIndex: -1 }}>
        {found.isError && <Problem error={found.error} again={() => void found.refetch()} />}
        {found.data?.length === 0 && (
          <Text size="sm" c="var(--quiet)" p="xs">
            {search ? t("chat.noneFound") : t("chat.none")}
          </Text>
        )}
        <ul className={shared.bare}>
          {found.data?.map((info) => (
            <ConversationItem key={info.id} info={info} current={info.id === current} onChosen={onChosen} />
          ))}
        </ul>
      </ScrollArea>
    </div>
  );
}
