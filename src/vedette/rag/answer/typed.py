"""Whether a sentence holds the type of thing that is asked for: a date, a number, a name, advice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.rag.understand.asked import STOP, AnswerType

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
    r"diciembre)"
)
_DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)? (?:de )?{_MONTH}(?: (?:de |del )?\d{{4}})?"
    rf"|{_MONTH} \d{{1,2}}(?:, \d{{4}})?|{_MONTH} (?:de )?\d{{4}}|(?<!\d)(?:1[0-9]|20)\d\d(?:s)?(?!\d)"
    r"|\b(?:siglo|siglos) [ivxl]+\b|\b\d{1,2}(?:st|nd|rd|th) century\b",
    re.IGNORECASE,
)
_WORD_NUMBER = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred|thousand|million|"
    r"un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|veinte|treinta|cien|mil|mill[oó]n(?:es)?"
)
_NUMBER = re.compile(
    r"(?:[$€£]\s?)?(?<![\w.])\d[\d.,]*(?:\s?(?:%|percent|por ciento|million|billion|thousand|mil(?:lones)?|bits?|"
    r"bytes?|characters?|seconds?|minutes?|hours?|days?|weeks?|months?|years?|segundos|minutos|horas|d[ií]as|semanas|meses|"
    rf"a[nñ]os|km|m|kg|[GMK]B|MiB)\b|%)?|\b(?:{_WORD_NUMBER})\b",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\bv?\d+(?:\.\d+)+\b|\bversions? \d", re.IGNORECASE)
# Three things or more in a row: "preparation, detection and analysis, and recovery".
_SERIES = re.compile(r"[^,.;:]+,[^,.;:]+,[^.;:]*\b(?:and|or|y|o|et|ou)\b|;.+;", re.IGNORECASE)
_VERDICT = re.compile(
    r"\b(must|shall|should|not|never|no longer|cannot|deprecated|disallow\w*|allow\w*|permitted|prohibited|required|"
    r"recommend\w*|avoid|discouraged|only|unsafe|insecure|debe[ns]?|nunca|no|evite|permite\w*|recomienda\w*|"
    r"doit|doivent|jamais|interdit|d[eé]conseill[eé])\b",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"\b(distinct|differ\w*|unlike|whereas|while|versus|vs|rather than|in contrast|on the other hand|but|however|"
    r"diferen\w+|mientras|en cambio|a diferencia|sin embargo|pero|diff[eé]r\w+|tandis que|contrairement)\b",
    re.IGNORECASE,
)
_SECTION_NUMBER = re.compile(r"^\W*\d+(\.\d+)*\s|\d+\.\d+\.[\d.]+|\b\d+[A-Za-z]*-\d+\w*|-\d+\w*")
_NAME = re.compile(
    r"[A-ZÁÉÍÓÚÑÜ][\w'’.-]*(?:(?:\s(?:de|del|la|las|los|of|the|and|y|von|van|da|di)){0,2}\s[A-ZÁÉÍÓÚÑÜ][\w'’.-]*)*"
)
_RANGE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*(?:[-–—]|to|until|a|hasta)\s*((?:[A-Za-z]+\.? )?((?:19|20)\d\d)|present|now|today|"
    r"current|hoy|actualidad|presente)",
    re.IGNORECASE,
)
_NOW = re.compile(r"\b(now|current(ly)?|today|at present|ahora|actual(mente)?|hoy|actuellement)\b", re.IGNORECASE)
_DUTY = re.compile(
    r"\b(must|shall|should|required?|requires|have to|debe[ns]?|obligatori[oa]|doit|doivent)\b", re.IGNORECASE
)
_ADVICE = re.compile(
    r"\b(should|must|shall|recommend\w*|ensure|use|avoid|consider|deber?[ií]a[ns]?|debe[ns]?|recomienda|utilice|use|"
    r"evite|aseg[uú]rese|doit|doivent|utilisez)\b|^(do|don't|never|always|set|store|apply|enable|disable|check|verify|"
    r"implement|configure|limit|require|isolate|block|review|keep|run|install|update|change|contact|report)\b",
    re.IGNORECASE,
)


def holds(kind: AnswerType, question: str, text: str) -> bool:
    """Whether a text holds a date, number, name or piece of advice, as the question wants.

    >>> holds("time", "When is it due?", "Due date: 2021-12-24"), holds("time", "When?", "It is due soon.")
    (True, False)
    """
    if kind == "time":
        return bool(_DATE.search(text))
    if kind == "number":
        counted = _SECTION_NUMBER.sub(" ", text)
        return any(word.casefold() not in question.casefold() for word in _NUMBER.findall(counted))
    if kind == "version":
        return bool(_VERSION.search(text))
    if kind == "list":
        return bool(_SERIES.search(text))
    if kind in ("person", "place"):
        return any(True for _ in names(question, text))
    if kind == "method":
        return bool(_ADVICE.search(text))
    return False


def judges(text: str) -> bool:
    """Whether a text allows, forbids, recommends or rules something out, as a yes or a no would."""
    return bool(_VERDICT.search(text))


def contrasts(text: str) -> bool:
    """Whether a text sets one thing against another."""
    return bool(_CONTRAST.search(text))


def obliges(text: str) -> bool:
    """Whether a text states or asks for a duty."""
    return bool(_DUTY.search(text))


def names(question: str, text: str) -> Iterator[tuple[int, int]]:
    """Spans of proper names in a text that the question does not name already."""
    known = question.casefold()
    for found in _NAME.finditer(text):
        word = found.group().rstrip(".'’-")
        first = found.start() == 0 or text[: found.start()].rstrip()[-1:] in ".:;?!"
        if first and (" " not in word or word.split()[0].casefold() in STOP):
            continue
        if word.casefold() not in known and len(word) > 1:
            yield found.start(), found.start() + len(word)


def year_within(question: str, text: str) -> bool:
    """Whether the text names a span of years that holds a year of the question, or the year itself; for a question
    about now, a span that is still open.

    >>> year_within("Where did she work in 2019?", "Analyst, Northwind (2017 – 2020)")
    True
    """
    if _NOW.search(question) and any(not exact for _, _, exact in _RANGE.findall(text)):
        return True
    asked = [int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", question)]
    for year in asked:
        for first, _, exact in _RANGE.findall(text):
            if int(first) <= year <= (int(exact) if exact else 9999):
                return True
        if str(year) in text:
            return True
    return False
