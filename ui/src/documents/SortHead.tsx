import { useTranslation } from "react-i18next";
import { SortHead as Head } from "../parts/SortHead";
import type { Column, Order } from "./sort";

interface Props {
  by: Column;
  order: Order;
  className?: string | undefined;
  onPress: (by: Column) => void;
}

/** The head of a column of documents. */
export function SortHead({ by, order, className, onPress }: Props) {
  const { t } = useTranslation();
  const sorted = order.by === by ? (order.down ? "descending" : "ascending") : undefined;
  return <Head label={t(`documents.column.${by}`)} sorted={sorted} className={className} onPress={() => onPress(by)} />;
}
