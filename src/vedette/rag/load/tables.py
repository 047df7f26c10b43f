"""Tables of HTML, Markdown and DOCX: cells spread over the grid they cover, rows as `Header: cell; Header: cell`."""

from __future__ import annotations

from vedette.rag.load.text import row_text

Cell = tuple[str, bool, int, int]


def grid_rows(rows: list[list[Cell]]) -> list[str]:
    """The readable rows. A cell is (text, is a header, columns it covers, rows it covers).

    The first row names the columns when every filled cell of it is a header. Without such a row, cells are listed.

    >>> grid_rows([[("Name", True, 1, 1), ("ID", True, 1, 1)], [("Lockout", False, 1, 1), ("4740", False, 1, 1)]])
    ['Name: Lockout; ID: 4740']
    """
    grid = _spread(rows)
    if not grid:
        return []
    headed = len(grid) > 1 and all(is_header for text, is_header in grid[0] if text) and any(t for t, _ in grid[0])
    headers = [text for text, _ in grid[0]] if headed else []
    lines = [row_text(headers, _once([text for text, _ in row])) for row in grid[1 if headed else 0 :]]
    return [line for line in lines if line]


def _spread(rows: list[list[Cell]]) -> list[list[tuple[str, bool]]]:
    """Every row with as many cells as the columns it covers; a cell that reaches down is repeated in each row."""
    grid = []
    reaching: dict[int, tuple[int, str, bool]] = {}
    for row in rows:
        line: list[tuple[str, bool]] = []
        cells = iter(row)
        while True:
            if len(line) in reaching:
                left, text, is_header = reaching.pop(len(line))
                if left > 1:
                    reaching[len(line)] = (left - 1, text, is_header)
                line.append((text, is_header))
                continue
            cell = next(cells, None)
            if cell is None:
                break
            text, is_header, columns, down = cell
            for _ in range(columns):
                if down > 1:
                    reaching[len(line)] = (down - 1, text, is_header)
                line.append((text, is_header))
        grid.append(line)
    return grid


def _once(cells: list[str]) -> list[str]:
    """A cell that covers several columns is said once."""
    return [cell if index == 0 or cell != cells[index - 1] else "" for index, cell in enumerate(cells)]
