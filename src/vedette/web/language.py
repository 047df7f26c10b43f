"""In which language a caller wants the sentences of a result."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header

from vedette.sentences.catalogue import LANGUAGES


def preferred(accept_language: str) -> str:
    """The one of our languages that an `Accept-Language` (RFC 9110, 12.5.4) ranks highest; English where it names none.

    >>> preferred("de-CH, fr;q=0.5, es-MX;q=0.8"), preferred("")
    ('es', 'en')
    """
    wanted: dict[str, float] = {}
    for part in accept_language.replace(" ", "").lower().split(","):
        tag, _, weight = part.partition(";q=")
        language = tag.split("-")[0]
        try:
            rank = float(weight or 1)
        except ValueError:
            continue
        if language in LANGUAGES and rank > 0:
            wanted[language] = max(rank, wanted.get(language, 0.0))
    return max(wanted, key=lambda language: wanted[language], default=LANGUAGES[0])


def language(
    accept_language: Annotated[
        str, Header(description="Of the sentences in the answer: en, es or fr. English where none of these is named.")
    ] = "",
) -> str:
    return preferred(accept_language)


Language = Annotated[str, Depends(language)]
