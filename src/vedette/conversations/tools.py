"""What conversations need to know of text, handed over by the application: the grammar of the questions' own flow."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vedette.records import Identifier

WORD = re.compile(r"[^\W_]+(?:[-./'’&+#][^\W_]+)*")

# "l'", "qu'", "-t-il", "-on": what French ties to a word.
TIED = re.compile(
    r"\b(?:[dlnscjmt]|qu)['’]|-(?:t-)?(?:ils?|elles?|on|je|tu|nous|vous|ce|en|y|l[ae]s?|moi)\b|-(?:t-)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class TextTools:
    """`identifiers` finds CVE, ATT&CK and other ids; `sentences` the offsets of sentences; `language` is the ISO 639-1
    code of a text, or of what is given for one that does not tell; `tokens` counts. `content_words` are the words of a
    text that carry meaning, casefolded; `is_aspect` whether such a word only names a part of a record ("mitigations")
    or is too general to be a subject. `harmless` is what a model wrote without images, HTML and addresses that stand
    nowhere in a second text."""

    identifiers: Callable[[str], Sequence[Identifier]]
    sentences: Callable[[str], Sequence[tuple[int, int]]]
    language: Callable[[str, str], str]
    tokens: Callable[[str], int]
    content_words: Callable[[str], Sequence[str]]
    is_aspect: Callable[[str], bool]
    harmless: Callable[[str, str], str]
