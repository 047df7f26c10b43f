import { ActionIcon, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { useTitle } from "../parts/PageFrame";
import { Problem } from "../parts/Problem";
import shared from "../parts/shared.module.css";
import { Composer } from "./Composer";
import classes from "./ConversationView.module.css";
import { RunView } from "./RunView";
import { ask, isRunning, stop, useRun } from "./runs";
import { TurnView } from "./TurnView";
import { useConversation } from "./useConversation";
import { useStickToEnd } from "./useStickToEnd";
import { standing } from "./standing";

/** One conversation: its turns, what is being answered now, and the question box. */
export function ConversationView({ id, onList }: { id: string; onList: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const found = useConversation(id);
  const run = useRun(id);
  const [edited, setEdited] = useState<string | null>(null);
  const turns = standing(found.data?.turns ?? [], run);
  const running = isRunning(run);
  const { scroller, atEnd, toEnd } = useStickToEnd(`${id} ${turns.length} ${run?.draft.length ?? 0} ${run?.stage ?? ""}`);
  const ended = useChanged(running) && !running ? t("chat.done") : "";
  useTitle(found.data?.info.title ?? "");

  if (found.isError) return <Problem inset error={found.error} again={() => void found.refetch()} />;
  if (!found.data) return <Loading />;
  const again = (turn: string, text: string) => {
    setEdited(null);
    void ask(queries, { conversation: id, text, turn });
  };
  return (
    <div className={shared.column}>
      <div className={classes.top}>
        <ActionIcon size="lg" className={classes.listButton} aria-label={t("chat.showList")} onClick={onList}>
          <Icon name="sidebar" />
        </ActionIcon>
        <h1 className={shared.title}>{found.data.info.title || t("chat.untitled")}</h1>
        <Text size="xs" c="var(--quiet)" className={classes.collection}>
          {found.data.info.collection}
        </Text>
      </div>
      <div className={shared.scroll} ref={scroller} tabIndex={0} role="log" aria-label={t("chat.thread")} aria-live="off">
        <div className={classes.turns}>
          {turns.map((turn) => (
            <TurnView
              key={turn.id}
              turn={turn}
              conversation={id}
              locked={running}
              editing={edited === turn.id}
              onEdit={(on) => setEdited(on ? turn.id : null)}
              onAgain={(text) => again(turn.id, text)}
            />
          ))}
          {run && <RunView run={run} />}
        </div>
      </div>
      <span className="visually-hidden" role="status">
        {ended}
      </span>
      <div className={classes.bottom}>
        {!atEnd && (
          <ActionIcon className={classes.toEnd} variant="default" radius="xl" size={36} aria-label={t("chat.toEnd")} onClick={toEnd}>
            <Icon name="chevronDown" />
          </ActionIcon>
        )}
        <Composer
          key={id}
          autoFocus
          collection={found.data.info.collection}
          onSend={(text) => void ask(queries, { conversation: id, text })}
          onStop={running ? () => stop(id) : undefined}
          onEditLast={() => setEdited(turns.at(-1)?.id ?? null)}
        />
      </div>
    </div>
  );
}

/** Whether a value changed since it was first seen. */
function useChanged(value: boolean): boolean {
  const [first] = useState(value);
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (value !== first) setChanged(true);
  }, [value, first]);
  return changed;
}
