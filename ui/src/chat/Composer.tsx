import { ActionIcon, Textarea } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcut } from "../layout/useShortcut";
import { Icon } from "../parts/Icon";
import classes from "./Composer.module.css";
import { LaterButton } from "./LaterButton";
import { LaterTold } from "./LaterTold";
import { TrainingConsent } from "./TrainingConsent";
import { useLater } from "./useLater";

const LONGEST = 4000;
const NEAR = 500;

interface Props {
  collection: string;
  onSend: (text: string) => void;
  /** An answer is on its way: the button stops it. */
  onStop?: (() => void) | undefined;
  /** Arrow up in the empty box. */
  onEditLast?: () => void;
  busy?: boolean;
  autoFocus?: boolean;
}

/** The question box: Enter sends, Shift+Enter makes a line, Esc stops the answer. Where questions are answered later,
 * a button beside it sends this one there. */
export function Composer({ collection, onSend, onStop, onEditLast, busy = false, autoFocus = false }: Props) {
  const { t } = useTranslation();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const left = LONGEST - text.length;
  const written = text.trim() !== "" && left >= 0;
  const ready = written && !busy && !onStop;
  const later = useLater(collection);
  useShortcut("question", () => box.current?.focus());

  const send = () => {
    if (!ready) return;
    onSend(text.trim());
    setText("");
  };
  const sendLater = () =>
    later?.send(text.trim(), () => {
      setText((now) => (now === text ? "" : now));
      box.current?.focus();
    });
  const halt = () => {
    onStop?.();
    box.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && onStop) onStop();
    else if (event.key === "ArrowUp" && text === "" && onEditLast) {
      event.preventDefault();
      onEditLast();
    }
  };
  return (
    <div className={classes.whole}>
      {later && <LaterTold later={later} />}
      <div className={classes.composer}>
        <Textarea
          ref={box}
          className={classes.box}
          classNames={{ input: classes.input }}
          variant="unstyled"
          autosize
          minRows={1}
          maxRows={10}
          value={text}
          autoFocus={autoFocus}
          placeholder={t("chat.placeholder")}
          aria-label={t("chat.question")}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={keys}
        />
        {left < NEAR && (
          <span className={classes.left} data-over={left < 0} role="status">
            {left < 0 ? t("chat.tooLong", { count: -left }) : t("chat.left", { count: left })}
          </span>
        )}
        {later && <LaterButton later={later} disabled={!written} onSend={sendLater} />}
        {onStop ? (
          <ActionIcon size={36} variant="filled" color="gray" aria-label={t("chat.stop")} onClick={halt}>
            <Icon name="stop" />
          </ActionIcon>
        ) : (
          <ActionIcon size={36} variant="filled" color="vedette" aria-label={t("chat.send")} disabled={!ready} onClick={send}>
            <Icon name="arrowUp" />
          </ActionIcon>
        )}
      </div>
      {later && <TrainingConsent later={later} />}
    </div>
  );
}
