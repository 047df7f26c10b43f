import { Popover, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Answer } from "../api";
import { IconAction } from "../parts/IconAction";
import classes from "./Timings.module.css";

/** How long each stage took, on demand. */
export function Timings({ answer }: { answer: Answer }) {
  const { t, i18n } = useTranslation();
  const stages = Object.entries(answer.timings_ms);
  const total = stages.reduce((sum, [, ms]) => sum + ms, 0);
  const shown = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  const share = new Intl.NumberFormat(i18n.language, { style: "percent" }).format(answer.confidence);
  if (stages.length === 0) return null;
  return (
    <Popover width={300} withArrow returnFocus>
      <Popover.Target>
        <IconAction label={t("answer.timings")} icon="clock" />
      </Popover.Target>
      <Popover.Dropdown>
        <Table fz="xs" verticalSpacing={3} withRowBorders={false}>
          <Table.Caption className="visually-hidden">{t("answer.timings")}</Table.Caption>
          <Table.Tbody>
            {stages.map(([stage, ms]) => (
              <Table.Tr key={stage}>
                <Table.Th scope="row" fw={400}>
                  {stage}
                </Table.Th>
                <Table.Td w="45%">
                  <div className={classes.bar} style={{ width: `${(100 * ms) / (total || 1)}%` }} />
                </Table.Td>
                <Table.Td ta="right">{shown.format(ms)} ms</Table.Td>
              </Table.Tr>
            ))}
            <Table.Tr>
              <Table.Th scope="row">{t("answer.total")}</Table.Th>
              <Table.Td />
              <Table.Td ta="right" fw={600}>
                {shown.format(total)} ms
              </Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
        <Text size="xs" c="var(--quiet)" mt={6}>
          {t("answer.confidence", { share })}
        </Text>
      </Popover.Dropdown>
    </Popover>
  );
}
