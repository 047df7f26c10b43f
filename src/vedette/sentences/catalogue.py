"""A page of sentences in all our languages: one is said in English, and known again by its form to be translated.

So records keep plain English, which programs read and which older results have, too, and nobody stores languages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any

LANGUAGES = ("en", "es", "fr")
"""English, of the records, first."""
LONGEST = 2000
"""Characters of a sentence that is looked for: assumptions may come from files, and be of any length."""
_KINDS = {
    "": ".+?",
    "list": ".+?",
    "said": ".+?",
    "number": r"[-+]?\d[\d.,]*(?:e[-+]?\d+)?",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with holes. `texts` by language, `holes` by name to their kind, `pattern` of the English text."""

    key: str
    texts: Mapping[str, str]
    holes: Mapping[str, str]
    pattern: re.Pattern[str]

    def filled(self, language: str, values: Mapping[str, str]) -> str:
        return self.texts[language].format_map(values)


def say(key: str, /, **values: str | int) -> str:
    """The English sentence of this key; whole numbers get their commas. Raises KeyError for a key that is not in the
    catalogue, or a value that is missing.

    >>> say("listed", possible=12345, listed=5000)
    'Of 12,345 hosts that can fall, the 5,000 most at risk are listed.'
    """
    told = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    return catalogue()[key].filled(LANGUAGES[0], told)


def counted(key: str, count: int, /, **values: str | int) -> str:
    """`say` of one thing, or of another number of things.

    >>> counted("links.closed", 1).split(":")[0]
    '1 link leads to no weakness that spreads and to no credential'
    """
    return say(f"{key}.one", **values) if count == 1 else say(f"{key}.many", count=count, **values)


def listed(names: Sequence[str], most: int) -> str:
    """The first names, and how many more there are, for a hole of the kind `list`.

    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    first = ", ".join(names[:most])
    return say("more", names=first, count=len(names) - most) if len(names) > most else first


def understood(sentence: str) -> tuple[Template, dict[str, str]] | None:
    """Which English sentence of the catalogue this is, and what stands in its holes; None where it is none."""
    if len(sentence) <= LONGEST:
        for template in catalogue().values():
            if found := template.pattern.fullmatch(sentence):
                return template, found.groupdict()
    return None


@lru_cache(maxsize=4096)
def translated(sentence: str, language: str) -> str:
    """An English sentence in another language; unchanged where the sentence or the language is none of ours.

    >>> translated("Isolating db-1 today: 2.4 hosts fewer (± 0.3).", "fr")
    'Isoler db-1 dès aujourd’hui : 2.4 hôtes de moins (± 0.3).'
    """
    if language not in LANGUAGES[1:] or (found := understood(sentence)) is None:
        return sentence
    template, values = found
    return template.filled(language, {name: _value(template.holes[name], values[name], language) for name in values})


def _value(kind: str, value: str, language: str) -> str:
    if kind == "list":
        more = catalogue()["more"]
        found = more.pattern.fullmatch(value)
        return more.filled(language, found.groupdict()) if found else value
    if kind == "said":
        return translated(value, language) if understood(value) else "; ".join(_parts(value, language))
    return value


def _parts(value: str, language: str) -> Iterator[str]:
    return (translated(part, language) for part in value.split("; "))


@cache
def catalogue() -> Mapping[str, Template]:
    """Every sentence by its key."""
    read = tomllib.loads(files("vedette.sentences").joinpath("forecasts.toml").read_text(encoding="utf-8"))
    return {key: _template(key, texts) for key, texts in _entries(read, "")}


def _entries(table: Mapping[str, Any], above: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """A table with texts is an entry; others hold tables."""
    if LANGUAGES[0] in table:
        yield above, table
        return
    for name, inside in table.items():
        yield from _entries(inside, f"{above}.{name}" if above else name)


def _template(key: str, texts: Mapping[str, str]) -> Template:
    parts = list(Formatter().parse(texts[LANGUAGES[0]]))
    holes = {name: kind or "" for _, name, kind, _ in parts if name}
    form = "".join(
        re.escape(plain) + (f"(?P<{name}>{_KINDS[kind or '']})" if name else "") for plain, name, kind, _ in parts
    )
    bare = "".join(plain + (f"{{{name}}}" if name else "") for plain, name, _, _ in parts)
    return Template(key, {**texts, LANGUAGES[0]: bare}, holes, re.compile(form, re.DOTALL))
