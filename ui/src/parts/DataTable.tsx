import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import shared from "./shared.module.css";
import classes from "./Table.module.css";

interface Props {
  /** What the table holds; read aloud before it. */
  caption: string;
  /** The cells of the head. */
  head: ReactNode;
  children: ReactNode;
}

/** A table with its head; on a narrow screen the cells of class `wide` go, and those of class `small` come. */
export function DataTable({ caption, head, children }: Props) {
  return (
    <div className={`${shared.box} ${classes.box}`}>
      <Table className={classes.table} verticalSpacing="sm" horizontalSpacing="md" borderColor="var(--line)">
        <caption className="visually-hidden">{caption}</caption>
        <Table.Thead>
          <Table.Tr>{head}</Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </div>
  );
}
