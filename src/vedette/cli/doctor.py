"""`vedette doctor`: what works, what does not, and what to do about it."""

from __future__ import annotations

import platform
import shutil
from typing import TYPE_CHECKING, Annotated

import typer

from vedette import __version__
from vedette.cli.common import FAILED, AsJson, connected, load_settings, print_json, stdout
from vedette.errors import VedetteError

if TYPE_CHECKING:
    from vedette.records import PartHealth
    from vedette.settings import Settings


def doctor(
    ctx: typer.Context,
    settings: Annotated[bool, typer.Option("--settings", help="List every setting and where it comes from.")] = False,
    json_: AsJson = False,
) -> None:
    """Check every part and say what to do about what is down. Exits with 1 when something is.

    \b
    Examples:
      vedette doctor
      vedette doctor --settings
      vedette doctor --json
    """
    from vedette.cli.show import show_health, show_settings
    from vedette.records_json import encode
    from vedette.settings import describe

    loaded = load_settings(ctx)
    rows = describe(loaded) if settings else []
    parts = (*_surroundings(), *_services(ctx), *_mail(loaded))
    sound = all(part.ok for part in parts)
    if json_:
        keys = ("name", "value", "origin", "help")
        listed = {"settings": [dict(zip(keys, row, strict=True)) for row in rows]} if settings else {}
        print_json({"version": __version__, "ok": sound, "parts": encode(parts), **listed})
    else:
        show_health(stdout(), parts)
        if settings:
            show_settings(stdout(), rows)
    if not sound:
        raise typer.Exit(FAILED)


def _surroundings() -> tuple[PartHealth, ...]:
    from vedette.records import PartHealth

    python = f"{__version__} on Python {platform.python_version()}, {platform.machine()}"
    tesseract = shutil.which("tesseract")
    ocr = "tesseract found" if tesseract else "no tesseract; scanned PDFs are named, not read"
    return (PartHealth("vedette", True, python), PartHealth("ocr", True, ocr))


def _mail(settings: Settings) -> tuple[PartHealth, ...]:
    if not settings.mail.url:
        return ()
    from vedette.app_inbox import checked_mail
    from vedette.app_questions import questions_of

    with questions_of(settings) as questions:
        return (*questions.health(), *checked_mail(settings))


def _services(ctx: typer.Context) -> tuple[PartHealth, ...]:
    from vedette.records import PartHealth

    try:
        with connected(ctx) as knowledge:
            return knowledge.health()
    except VedetteError as error:
        return (PartHealth("data folder", False, "cannot be opened", error.message),)
