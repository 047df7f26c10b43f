import { Kbd, Modal, Table } from "@mantine/core";
import type { TFunction } from "i18next";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { SHORTCUTS } from "./useShortcut";

const FIXED = [
  ["send", ["enter"]],
  ["line", ["shift", "enter"]],
  ["edit", ["up"]],
  ["close", ["esc"]],
] as const;

/** The list of keyboard shortcuts. */
export function Shortcuts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const ours = (["question", "begin", "search", "help"] as const).map((name) => [name, SHORTCUTS[name]] as const);
  return (
    <Modal opened={opened} onClose={onClose} title={t("shortcuts.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Table>
        <Table.Tbody>
          {[...ours, ...FIXED].map(([name, keys]) => (
            <Table.Tr key={name}>
              <Table.Td>{t(`shortcuts.${name}`)}</Table.Td>
              <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
                {keys.map((key, place) => (
                  <Fragment key={key}>
                    {place > 0 && " + "}
                    <Kbd>{keyName(key, t)}</Kbd>
                  </Fragment>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

function keyName(key: string, t: TFunction): string {
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  const names: Record<string, string> = {
    mod: mac ? "⌘" : t("keys.ctrl"),
    alt: mac ? "⌥" : "Alt",
    shift: t("keys.shift"),
    enter: t("keys.enter"),
    up: "↑",
    esc: t("keys.esc"),
  };
  return names[key] ?? key;
}
