import { Table } from "@mantine/core";
import classes from "./Table.module.css";

interface Props {
  label: string;
  /** How the rows are sorted by it, where they are. */
  sorted: "ascending" | "descending" | undefined;
  className?: string | undefined;
  onPress: () => void;
}

/** The head of a column that sorts by it. */
export function SortHead({ label, sorted, className, onPress }: Props) {
  return (
    <Table.Th className={className} aria-sort={sorted}>
      <button type="button" className={classes.sort} onClick={onPress}>
        {label}
        <span aria-hidden="true" className={classes.arrow}>
          {sorted === "ascending" ? "↑" : sorted === "descending" ? "↓" : ""}
        </span>
      </button>
    </Table.Th>
  );
}
