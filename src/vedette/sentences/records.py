"""The sentences of records in the language of who reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from vedette.records import Backtest, Containment, Forecast, ForecastJob, Network, NetworkInfo, RateLine, WhatIf
from vedette.sentences.catalogue import LANGUAGES, translated

Record = TypeVar("Record")


def in_language(record: Record, language: str) -> Record:
    """The same record, or tuple of records, with its sentences translated; names, numbers and ids stay. What is none
    of the records with sentences comes back as it is, and so does everything in English."""
    if language not in LANGUAGES[1:]:
        return record
    told: Any = record
    if isinstance(record, tuple):
        told = tuple(in_language(one, language) for one in record)
    elif isinstance(record, RateLine):
        told = replace(record, factors=tuple((translated(name, language), value) for name, value in record.factors))
    elif isinstance(record, Network | NetworkInfo | Containment):
        told = replace(record, assumptions=_each(record.assumptions, language))
    elif isinstance(record, Forecast):
        told = replace(
            record,
            assumptions=_each(record.assumptions, language),
            levers=_each(record.levers, language),
            rates=in_language(record.rates, language),
        )
    elif isinstance(record, WhatIf):
        both = (in_language(record.before, language), in_language(record.after, language))
        told = replace(record, before=both[0], after=both[1])
    elif isinstance(record, Backtest):
        told = replace(record, verdict=translated(record.verdict, language))
    elif isinstance(record, ForecastJob):
        told = replace(record, result=in_language(record.result, language))
    return told  # type: ignore[no-any-return]


def _each(sentences: tuple[str, ...], language: str) -> tuple[str, ...]:
    return tuple(translated(one, language) for one in sentences)
