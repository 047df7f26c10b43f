import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Documents.module.css";
import type { Column, Order } from "./sort";

interface Props {
  by: Column;
  order: Order;
  className?: string | undefined;
  onPress: (by: Column) => void;
}

/** The head of a column that sorts by it. */
export function SortHead({ by, order, className, onPress }: Props) {
  const { t } = useTranslation();
  const sorted = order.by === by ? (order.down ? "descending" : "ascending") : undefined;
  return (
    <Table.Th className={className} aria-sort={sorted}>
      <button type="button" className={classes.sort} onClick={() => onPress(by)}>
        {t(`documents.column.${by}`)}
        <span aria-hidden="true" className={classes.arrow}>
          {sorted === "ascending" ? "↑" : sorted === "descending" ? "↓" : ""}
        </span>
      </button>
    </Table.Th>
  );
}
