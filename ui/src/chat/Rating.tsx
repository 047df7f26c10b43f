import { Button, Chip, Group, Popover, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Thumb } from "../api";
import { IconAction } from "../parts/IconAction";
import classes from "./Turn.module.css";

const FAULTS = ["wrong", "incomplete", "offTopic", "badSource"] as const;

export interface Rated {
  thumb: Thumb;
  reason: string;
  onRate: (thumb: Thumb, reason: string) => void;
}

/** Thumbs: the click counts at once, a reason can follow. A second click takes it back. */
export function Rating({ thumb: now, reason: given, onRate }: Rated) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<Thumb>("");
  const [reason, setReason] = useState(given);
  const press = (thumb: "up" | "down") => {
    const next = now === thumb ? "" : thumb;
    onRate(next, "");
    setReason("");
    setAsking(next);
  };
  const send = () => {
    onRate(asking, reason.trim());
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
              aria-pressed={now === thumb}
              variant={now === thumb ? "light" : "subtle"}
              color={now === thumb ? "vedette" : "gray"}
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
