"""Where sentences stand in a text: rules for English, Spanish and French prose, lists and labelled lines.

A full stop ends a sentence unless it belongs to an abbreviation, an initial, a number or a list marker. A line break
ends one where the next line begins something of its own (a blank line, a list marker, `Label: value`, a table row).
"""

from __future__ import annotations

import re

from vedette.rag.text.words import word_set

_MARKER = r"(?:[-*+•▪◦‣–]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)]|\[\d{1,3}\])[ \t]+\S"
_LABEL = r"[A-ZÁÉÍÓÚÑÀÂÇÈÊÎÔ][\w/&() '’-]{1,40}:[ ]"
_OPENING = "(?:[\"'“‘(\\[*_¿¡]|«[\x20\xa0\u202f]?)*"
_BREAK = re.compile(
    rf"""
      (?P<block> [ \t]*\n[ \t\r\f\v\xa0]*\n\s*                       # a blank line, or a page break
               | \s*\f\s*
               | (?<=:)[ \t]*\n\s*                                   # what introduces a list stands alone
               | [ \t]*\n[ \t]*(?={_MARKER}|{_LABEL}|\#{{1,6}}[ ]|\||```|>[ ]) )
    | (?P<stop> [.!?…]+["'”’»)\]*_]* (?:[ \xa0\u202f]»)? \s+ (?={_OPENING}[^\W_a-zß-öø-ÿ])
              | [。！？]+[」』”）]*\s* )
    """,
    re.VERBOSE,
)


# Never the end of a sentence when a capital or a number follows.
_ALWAYS = word_set(
    "a.k.a e.g i.e eg ie vs cf viz fig figs eq eqs sec secs ch chap vol ed eds pp approx dept est ref refs resp incl "
    "mr mrs ms dr prof st gen col lt sgt capt rev hon gov sen rep messrs mt ft "
    "sr sra srta dra lic ing ud uds pág págs núm art arts aprox av p.ej ej p.ex ex mme mlle mm env réf c.-à-d "
    "jan feb mar apr jun jul aug sept oct nov dec"
)
# Not the end when a number follows: `No. 5`, `p. 12`.
_BEFORE_NUMBER = word_set("no nos nr n p par para § ver v rev rel ene abr ago dic")
# The end only when the next word is one that usually begins a sentence: `in the U.S. The agency ...`.
_SOMETIMES = word_set("inc ltd corp co llc plc al jr bros a.m p.m ph.d")
_STARTERS = word_set(
    "the this these those that a an in on at for from with by to of and but or if when while where as it its he she "
    "they we you i our their there here his her however therefore moreover also after before during since although "
    "because all any each both many most some such no not once see use for how what who why "
    "el la los las un una unos unas este esta estos estas en por para con de del y pero si cuando como se su sus al "
    "no le les une des ce cet cette ces dans par pour avec et mais si quand comme il elle ils elles on nous vous"
)
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘«/]+\Z")
_ACRONYM = re.compile(r"(?:[A-Z]\.)+[A-Z]")
_NEXT_WORD = re.compile(rf"{_OPENING}(\w+)")


def sentences(text: str, start: int = 0) -> list[tuple[int, int]]:
    """Offsets `[start, end)` of the sentences of `text`, trimmed, in order; `start` is added to each.

    Every character of `text` that is not white space is in exactly one sentence.

    >>> text = "Dr. Ray uses e.g. TLS 1.3 (see Fig. 2). It is v1.2. Is it? Yes, in the U.S. Army."
    >>> [text[a:b] for a, b in sentences(text)]
    ['Dr. Ray uses e.g. TLS 1.3 (see Fig. 2).', 'It is v1.2.', 'Is it?', 'Yes, in the U.S. Army.']
    """
    found: list[tuple[int, int]] = []
    begin = 0
    for match in _BREAK.finditer(text):
        if match.lastgroup == "stop" and not _ends(text, begin, match):
            continue
        _add(found, text, begin, match.end(), start)
        begin = match.end()
    _add(found, text, begin, len(text), start)
    return found


def _add(found: list[tuple[int, int]], text: str, begin: int, end: int, start: int) -> None:
    piece = text[begin:end]
    kept = piece.strip()
    if kept:
        left = begin + len(piece) - len(piece.lstrip())
        found.append((start + left, start + left + len(kept)))


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    """Whether the full stop matched ends the sentence that starts at `begin`."""
    mark = match.start()
    if text[mark] != "." or text.startswith("..", mark):
        return True
    last = _LAST_WORD.search(text, max(begin, mark - 40), mark)
    if last is None:
        return True
    word = last[0].lower()
    if last.start() <= begin + 1 and len(word) <= 3 and (word.isdigit() or len(word) == 1 or not word.strip("ivx")):
        return False  # the marker of a list item: `1. Identify`
    if word in _ALWAYS and text[mark + 1] not in ")]":
        return False
    following = _NEXT_WORD.match(text, match.end())
    after = following[1].lower() if following else ""
    if word in _BEFORE_NUMBER:
        return not after[:1].isdigit()
    initial = len(word) == 1 and word.isalpha() and last[0].isupper()
    if initial or word in _SOMETIMES or _ACRONYM.fullmatch(last[0]):
        return after in _STARTERS
    return True
