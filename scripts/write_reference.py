"""Write docs/reference/ from the program itself: settings, commands, routes. `make docs`; a test holds it current."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path

import typer.main
from click import Context
from fastapi.routing import APIRoute

from vedette.cli.main import app
from vedette.settings import variable
from vedette.settings.profiles import PROFILE_HELP
from vedette.settings.sections import SECTIONS
from vedette.web.api import ROUTES
from vedette.web.openapi import NEEDS
from vedette.web.rules import RULES

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
NOTE = "<!-- Written by scripts/write_reference.py; change the program, not this page. -->\n"


def settings_page() -> str:
    """Every setting: variable, default, what it does."""
    rows = ["| variable | in `vedette.toml` | default | what it does |", "| --- | --- | --- | --- |"]
    rows.append("| `VEDETTE_DATA` | – | `data` | Folder that holds everything. |")
    rows.append("| `VEDETTE_CONFIG` | – | `DATA/vedette.toml` | The settings file. |")
    rows.append(f"| `VEDETTE_PROFILE` | `profile` |  | {PROFILE_HELP} |")
    for section, kind in SECTIONS.items():
        for item in fields(kind):
            default = "" if item.default in ("", MISSING) else f"`{item.default}`"
            name = f"`{variable(section, item.name)}`"
            rows.append(f"| {name} | `{section}.{item.name}` | {default} | {item.metadata['help']} |")
    intro = (
        "Precedence: flag > environment > file > profile > default. `vedette doctor --settings` shows each value and "
        "where it came from. A chain of models stands in the file as `[[providers]]`: "
        "[how-to](../how-to/providers.md). Who hears of trouble stands there as `[[notify.rules]]`: "
        "[how-to](../how-to/notify.md).\n"
    )
    return "\n".join([NOTE, "# Settings\n", intro, *rows, ""])


def commands_page() -> str:
    """The help of every command."""
    pages = [NOTE, "# Commands\n"]
    pages += _helps(typer.main.get_command(app), "vedette")
    return "\n".join(pages) + "\n"


def _helps(command: object, name: str) -> list[str]:
    assert hasattr(command, "get_help")
    context = Context(command, info_name=name, terminal_width=100, max_content_width=100)  # type: ignore[arg-type]
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    pages = [f"## {name}\n", f"```text\n{text}\n```\n"]
    for child, sub in sorted(getattr(command, "commands", {}).items()):
        pages += _helps(sub, f"{name} {child}")
    return pages


def routes_page() -> str:
    """Every route and who may call it."""
    intro = (
        "`/docs` and `/openapi.json` of a server describe each in full. Where nobody signs in (the demo on one's own "
        "machine), everybody is the owner, who may do what an admin may.\n"
    )
    rows = ["| route | what it does | who may call it |", "| --- | --- | --- |"]
    for module in ROUTES:
        for route in module.router.routes:
            assert isinstance(route, APIRoute)
            if route.include_in_schema:
                name = f"{min(route.methods)} {route.path_format}"
                rows.append(f"| `{name}` | {route.summary} | {NEEDS[RULES[name]]} |")
    return "\n".join([NOTE, "# Routes\n", intro, *rows, ""])


PAGES = {"settings.md": settings_page, "commands.md": commands_page, "routes.md": routes_page}


def main() -> None:
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
