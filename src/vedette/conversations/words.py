"""The words by which a question leans on the one before it: `languages/*.toml`, text that anybody can extend."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files

PLATFORM = (
    r"windows(?: server)?|linux|mac ?os|android|ios|unix|azure|aws|gcp|office ?365|microsoft 365|google workspace|"
    r"kubernetes|docker|containers?|contenedores|conteneurs|esxi|vmware|active directory|(?:the )?cloud|la nube|"
    r"le cloud|saas|iaas|ics|ot|mobile"
)
"""What a question can be asked of again: "And on Linux?"."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Each is a pattern (`re.IGNORECASE`), a list of alternatives in the file, unless said otherwise.

    Fragments: `lead` begins a follow-up ("and"); `about` asks the same of something else, its group `rest`; `more` asks
    for more of the same; `bare` is a question word alone; `preposition` begins a circumstance ("for Linux"),
    `times` one of time.
    Questions: `asking` begins one, and no noun phrase; `which` asks for one of several; `asked` is the phrase that is
    asked for ("how many days");
    `defines` asks what something is, by its name; `clause` divides clauses.
    Pronouns: `subject`, `object`, `possessive`, `person` (of people only); `empty` where they stand for nothing ("is it
    possible to"); `moved` are those beside their verb, as (pattern with the groups `pronoun` and `verb`, the verb with
    the subject in the pronoun's place).
    Nouns: `nouns` are those that stand for something named before, as (pattern, the kind of identifier it has, with the
    letter that those of ATT&CK begin with, or "");
    `this` are the words before them; `general` further words that are no subject by themselves; `particles` (a set)
    carry no meaning at all.
    Texts: `of`, `on`; `because`: why a question was changed (a pronoun was replaced; it named no subject; it was a
    fragment).
    """

    lead: str
    about: str
    more: str
    bare: str
    preposition: str
    times: str
    asking: str
    which: str
    asked: str
    defines: str
    clause: str
    subject: str
    object: str
    possessive: str
    person: str
    empty: str
    moved: tuple[tuple[str, str], ...]
    nouns: tuple[tuple[str, str], ...]
    this: str
    general: str
    particles: frozenset[str]
    of: str
    on: str
    because: tuple[str, str, str]

    @property
    def inverts(self) -> bool:
        """Whether a subject can follow its verb, or be left out: Spanish and French."""
        return self.of == "de"


def words_of(language: str) -> Words:
    """The words of a language, English for any other than the three.

    >>> words_of("es").of, words_of("sv").of
    ('de', 'of')
    """
    return _read(language if language in ("es", "fr") else "en")


@cache
def pattern(source: str) -> re.Pattern[str]:
    """A pattern of `Words`, compiled once."""
    return re.compile(source, re.IGNORECASE)


@cache
def _read(language: str) -> Words:
    path = files("vedette.conversations") / "languages" / f"{language}.toml"
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    plain = {field.name: _joined(read[field.name]) for field in fields(Words) if field.type == "str"}
    return Words(
        **plain,
        moved=tuple((_joined([entry["pattern"]]), entry["form"]) for entry in read.get("moved", ())),
        nouns=tuple((_joined(entry["words"]), entry["kind"]) for entry in read["nouns"]),
        particles=frozenset(read["particles"]),
        because=tuple(read["because"]),
    )


def _joined(alternatives: str | list[str]) -> str:
    """One pattern of all alternatives; a long one may stand on several lines."""
    if isinstance(alternatives, str):
        return alternatives
    return "|".join(re.sub(r"(?:^|\n) *", "", alternative) for alternative in alternatives)
