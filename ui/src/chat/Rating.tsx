import { Button, Chip, Group, Popover, Stack, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Conversation, type Thumb, type Turn } from "../api";
import { IconAction } from "../parts/IconAction";
import { KEYS } from "../queries";
import classes from "./Turn.module.css";

const FAULTS = ["wrong", "incomplete", "offTopic", "badSource"] as const;

/** Thumbs: the click counts at once, a reason can follow. A second click takes it back. */
export function Rating({ turn, conversation }: { turn: Turn; conversation: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<Thumb>("");
  const [reason, setReason] = useState(turn.reason);
  const rate = useMutation({
    mutationFn: ({ thumb, why }: { thumb: Thumb; why: string }) => api.conversations.rate(conversation, turn.id, thumb, why),
    onSuccess: (rated) =>
      queries.setQueryData<Conversation>(KEYS.conversation(conversation), (old) => {
        if (!old) return old;
        const turns = old.turns.map((one) => (one.id === turn.id ? { ...one, thumb: rated.thumb, reason: rated.reason } : one));
        return { ...old, turns };
      }),
  });
  const press = (thumb: "up" | "down") => {
    const next = turn.thumb === thumb ? "" : thumb;
    rate.mutate({ thumb: next, why: "" });
    setReason("");
    setAsking(next);
  };
  const send = () => {
    rate.mutate({ thumb: asking, why: reason.trim() });
    setAsking("");
  };
  return (
    <Popover opened={asking !== ""} onChange={(open) => !open && setAsking("")} width={320} withRoles={false} trapFocus returnFocus withArrow>
      <Popover.Target>
        <span className={classes.thumbs}>
          {(["up", "down"] as const).map((thumb) => (
            <IconAction
              key={thumb}
              label={t(`answer.${thumb}`)}
              icon={thumb === "up" ? "thumbUp" : "thumbDown"}
              aria-pressed={turn.thumb === thumb}
              variant={turn.thumb === thumb ? "light" : "subtle"}
              color={turn.thumb === thumb ? "vedette" : "gray"}
              onClick={() => press(thumb)}
            />
          ))}
        </span>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={asking === "down" ? t("answer.why") : t("answer.whyUp")}>
        <Stack gap="xs">
          {asking === "down" && (
            <Chip.Group value={reason} onChange={setReason}>
              <Group gap={6}>
                {FAULTS.map((fault) => (
                  <Chip key={fault} size="xs" value={t(`answer.${fault}`)}>
                    {t(`answer.${fault}`)}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          )}
          <Textarea
            data-autofocus
            autosize
            minRows={2}
            maxLength={500}
            label={asking === "down" ? t("answer.why") : t("answer.whyUp")}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button size="xs" onClick={send} disabled={!reason.trim()}>
            {t("answer.send")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
