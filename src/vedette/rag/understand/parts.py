"""The parts of a question that asks several things: each as a question of its own, and the sides of a comparison."""

from __future__ import annotations

import re

from vedette.rag.understand.asked import content_words, is_aspect_word

_A, _B = (rf"(?:(?:an?|the|el|la|los|las|una?|les?|une)\s+)?(?P<{name}>[^;?¿]+?)" for name in "ab")
_COMPARISONS = (
    rf"\b(?:differences?|distinction|diferencias?|diff[eé]rences?)\b.*?\b(?:between|entre)\s+{_A}\s+(?:and|y|e|et)\s+{_B}$",
    rf"^(?:please\s+)?(?:compare|compara|comparez)\s+{_A}\s+(?:and|with|to|y|con|et|avec)\s+{_B}$",
    rf"^how\s+(?:does|do|is|are)\s+{_A}\s+(?:differ(?:ent)?\s+from|compare\s+(?:to|with))\s+{_B}$",
    rf"^{_A}\s+(?:versus|vs\.?)\s+{_B}$",
)
_ASK = (
    r"(?:what|who|whom|whose|which|when|where|why|how|by when|is|are|does|do|can|should|must|"
    r"qu[eé]|qui[eé]n(?:es)?|cu[aá]l(?:es)?|cu[aá]ndo|d[oó]nde|c[oó]mo|por qu[eé]|"
    r"que|qui|quels?|quelles?|quand|o[uù]|comment|pourquoi)"
)
_JOIN = re.compile(rf"(?:\s*[,;?.]\s*(?:(?:and|y|et|e)\s+)?|\s+(?:and|y|et|e)\s+)(?=¿?{_ASK}\b)", re.IGNORECASE)
_BACK = re.compile(r"\b(it|they|them)\b", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?P<en>it|this|that|them|these|those)\b|\b(?P<es>esto|eso|ello|lo)\b(?! (?:que|m[aá]s)\b)"
    r"|\b(?P<to>\w+[aeií]r)(?P<it>l[oa]s?)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^\W*(?:what|who)(?:'s| is| are| was)\s+(?:an? |the )?(?P<en>.+)$"
    r"|^\W*qu[eé] (?:es|son)\s+(?:un |una |el |la |los |las )?(?P<es>.+)$",
    re.IGNORECASE,
)


def sides(question: str) -> tuple[str, ...]:
    """The things that a question compares; none for other questions.

    >>> sides("What is the difference between IaaS and PaaS?"), sides("clear vs purge"), sides("What is IaaS?")
    (('IaaS', 'PaaS'), ('clear', 'purge'), ())
    >>> sides("Difference between clear, purge and destroy")
    ('clear', 'purge', 'destroy')
    """
    text = question.strip(" ¿?¡!.")
    for pattern in _COMPARISONS:
        found = re.search(pattern, text, re.IGNORECASE)
        if found:
            named = [*re.split(r"\s*,\s*", found["a"]), found["b"]]
            return tuple(side.strip() for side in named if side.strip()) if len(named) <= 4 else ()
    return ()


def parts(question: str) -> tuple[str, ...]:
    """The questions that one question joins, a pronoun of a later one replaced by what the first is about; none for a
    question that asks one thing.

    >>> parts("What is SSRF and how do I prevent it?")
    ('What is SSRF?', 'how do I prevent SSRF?')
    >>> parts("What must I do about CVE-2021-44228 and by when?"), parts("What is phishing?")
    ((), ())
    """
    pieces = [piece.strip(" ?¿.,;") for piece in _JOIN.split(question)]
    asks = all(len(piece.split()) > 2 and re.match(rf"{_ASK}\b", piece, re.IGNORECASE) for piece in pieces)
    if not 2 <= len(pieces) <= 4 or not asks:
        return ()
    found = _ABOUT.match(pieces[0])
    subject = (found["en"] or found["es"]) if found else ""
    whole = [pieces[0], *(_BACK.sub(subject, piece) if subject else piece for piece in pieces[1:])]
    if any(_BACK.search(piece) for piece in whole[1:]):
        return ()
    return tuple(f"{piece}?" for piece in whole)


def points_nowhere(question: str) -> str:
    """The pronoun of a question that names nothing which it could stand for, else ""; "that attack" names nothing.

    >>> points_nowhere("How do I mitigate it?"), points_nowhere("¿Cómo puedo evitarlo?")
    ('it', 'lo')
    >>> points_nowhere("What is ransomware and how do I prevent it?"), points_nowhere("How do I mitigate phishing?")
    ('', '')
    """
    found = _POINTS.search(question)
    if not found:
        return ""
    rest = f"{question[: found.start()]} {found['to'] or ''} {question[found.end() :]}"
    named = len(content_words(question[: found.start()])) > 1 or not all(map(is_aspect_word, content_words(rest)))
    return "" if named else found[found.lastgroup or 0].casefold()
