"""Check every sentence of a draft against the passage it cites; strike what fails; bind the rest by offsets.

    draft -> lines -> sentences -> (cited passages, else all) -> findings -> claims, sources, text with `[s1]`

An extractive draft carries the spans it was cut from: there each line must be made of the words of its span, in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from vedette.rag.text.analyse import detect_language, terms
from vedette.rag.text.facts import facts, fold
from vedette.rag.text.injection import evidence
from vedette.rag.text.outline import cite
from vedette.rag.text.sentences import sentences
from vedette.rag.verify.beside import beside
from vedette.rag.verify.harmless import harmless
from vedette.rag.verify.support import Encode, Finding, Place, judge
from vedette.records import Check, Claim, Document, Draft, Passage, Source

_MARKERS = re.compile(r"\s*[\[【]\s*\^?s?\d+(?:\s*[,;–-]\s*s?\d+)*\s*[\]】]")
_AFTER_STOP = re.compile(r"([.!?]+[*_\"”)]*)((?:\s?\[[s\d,; ]+\])+)")
_PREFIX = re.compile(r"\s*(?:>\s*)*(?:(?:[-*+•]|\d{1,3}[.)])\s+)?(?:#{1,6}\s+)?")
_RULE = re.compile(r"^[\s|:*_=-]*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}|[*_]{1,3}(?!\w)|`")
_FEW = 2


@dataclass(frozen=True, slots=True)
class Verified:
    """What may be shown of a draft: no claim is unsupported. `text` and `claims` are empty when nothing is left."""

    text: str
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    checks: tuple[Check, ...]
    notices: tuple[str, ...] = ()


@dataclass(slots=True)
class _Bench:
    """The state of one verification: sources found so far, what was struck, and of that what was off the question."""

    passages: Sequence[Passage]
    documents: Mapping[str, Document]
    known_identifier: Callable[[str], bool]
    encode: Encode
    question: str = ""
    # Every sentence of the answer is held against the same windows of the same passages.
    terms: Callable[..., Sequence[str]] = field(default_factory=lambda: lru_cache(maxsize=None)(terms))
    beside: frozenset[str] = frozenset()
    sources: list[Source] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    unresolved: int = 0
    struck: int = 0
    off: int = 0

    def add(self, source: Source) -> str:
        """The id of a source; one and the same for the same span."""
        for known in self.sources:
            if (known.document, known.start, known.end) == (source.document, source.start, source.end):
                return known.id
        self.sources.append(replace(source, id=f"s{len(self.sources) + 1}"))
        return self.sources[-1].id


def verify(
    draft: Draft,
    passages: Sequence[Passage],
    documents: Mapping[str, Document],
    known_identifier: Callable[[str], bool],
    encode: Encode,
    question: str = "",
) -> Verified:
    """The part of a draft that its sources support. `documents`: those of passages and spans, by id.

    `known_identifier` tells whether any document of the collection names an identifier. What a model wrote beside the
    `question` is struck too; without one that is not looked for.
    """
    bench = _Bench(passages, documents, known_identifier, encode, question)
    if draft.spans:
        removed, lines = 0, [_quoted_line(line, draft.spans, bench) for line in draft.text.splitlines()]
    else:
        places = "\n".join(evidence(passage.chunk.text) for passage in passages)
        text, removed = harmless(draft.text, places)
        lines = _written(text, bench)
    text = _tidy([line for line in lines if line is not None], bench)
    checks = (*_summary(bench, removed), *bench.checks)
    return Verified(text, tuple(bench.claims), tuple(bench.sources), checks, (*draft.notices, *_notices(bench)))


# ── drafts cut from documents ────────────────────────────────────────────────────────────────────


def _quoted_line(line: str, spans: Sequence[Source], bench: _Bench) -> str | None:
    """A line with its marker bound; None where it does not stand in its span."""
    found = re.search(r"\s*\[(\d+)\]\s*$", line)
    if not found:
        return line
    shown = line[: found.start()]
    number = int(found[1]) - 1
    if not 0 <= number < len(spans):
        bench.unresolved += 1
        return None
    span = spans[number]
    claim = _bare(shown)
    document = bench.documents.get(span.document)
    exact = document is not None and document.text[span.start : span.end] == span.quote
    if not exact or not _in_order(claim, span.quote):
        bench.struck += 1
        bench.checks.append(Check("quote", False, f"not the text of its source, struck: {claim[:120]}"))
        return None
    name = bench.add(span)
    bench.claims.append(Claim(claim, "supported", (name,)))
    return f"{shown} [{name}]"


def _in_order(claim: str, quote: str) -> bool:
    """Whether the words of a claim stand in the quote, in their order."""
    words = iter(re.findall(r"[^\W_]+", fold(quote)))
    return all(word in words for word in re.findall(r"[^\W_]+", fold(claim)))


# ── drafts written by a model ────────────────────────────────────────────────────────────────────


def _written(text: str, bench: _Bench) -> list[str | None]:
    lines: list[str | None] = []
    fenced = False
    said = (_bare(_MARKERS.sub("", piece)) for line in text.splitlines() for piece in _pieces(_parts(line)[1]))
    bench.beside = beside(bench.question, [claim for claim in said if claim], bench.encode)
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
            lines.append(line)
        elif fenced:
            lines.append(_verbatim(line, bench))
        elif _RULE.match(line):
            lines.append(line if "|" in line else "" if line.strip() else line)
        else:
            lines.append(_line(line, bench))
    return [*lines, "```"] if fenced else lines


def _verbatim(line: str, bench: _Bench) -> str | None:
    """A line of code stands only where a passage has it."""
    bare = " ".join(line.split())
    if all(bare not in " ".join(passage.chunk.text.split()) for passage in bench.passages):
        bench.struck += 1
        return None
    return line


def _line(line: str, bench: _Bench) -> str | None:
    head, body = _parts(line)
    if "#" in head or (body.rstrip(" *_").endswith(":") and len(body.split()) <= 12):
        return _heading(head, body, bench)
    kept = [piece for piece in (_sentence(piece, bench) for piece in _pieces(body)) if piece]
    return head + " ".join(kept) if kept else None


def _parts(line: str) -> tuple[str, str]:
    """A line's list marker and the like, and the rest with its citations inside the sentences they stand behind."""
    prefix = _PREFIX.match(line)
    cut = prefix.end() if prefix else 0
    return line[:cut], _AFTER_STOP.sub(lambda found: found[2].rstrip() + found[1], line[cut:])


def _pieces(body: str) -> list[str]:
    """The sentences of a line; one too short to be checked ("Yes.") goes with the next."""
    found = [body[start:end] for start, end in sentences(body)]
    merged: list[str] = []
    pending = ""
    for piece in found:
        pending = f"{pending} {piece}".strip()
        if len(_MARKERS.sub("", pending).split()) > _FEW:
            merged.append(pending)
            pending = ""
    if pending and _MARKERS.fullmatch(pending) and merged:
        merged[-1] += f" {pending}"
    elif pending:
        merged.append(pending)
    return merged


def _heading(head: str, body: str, bench: _Bench) -> str | None:
    """A heading or lead-in makes no claim of its own: it stays when its words are those of the passages."""
    shown = _MARKERS.sub("", body)
    wanted = set(terms(_bare(shown), detect_language(shown)))
    have = {t for p in bench.passages for t in bench.terms(f"{p.title} {p.chunk.text}", p.language)}
    named = facts(_bare(shown))
    foreign = bool(named.identifiers or named.numbers) and not wanted <= have
    if foreign or len(shown.split()) > 12 or len(wanted - have) > 2:
        bench.struck += 1
        return None
    return head + shown.rstrip()


def _sentence(piece: str, bench: _Bench) -> str | None:
    """A checked sentence with its markers, or None when it is struck."""
    cited = _cited(piece, bench)
    shown = _MARKERS.sub("", piece).strip()
    claim = _bare(shown)
    if not claim:
        return None
    unknown = [value for value in facts(claim).identifiers if not _known(value, bench)]
    if unknown:
        _strike(claim, f"{', '.join(sorted(unknown))} is in no document", bench)
        return None
    findings = [(passage, _judged(claim, passage, bench)) for passage in cited]
    if not any(finding.support == "supported" for _, finding in findings):
        others = [passage for passage in bench.passages if passage not in cited]
        findings += [(passage, _judged(claim, passage, bench)) for passage in others]
    findings = sorted(findings, key=lambda found: found[1].rank, reverse=True)
    if not findings or findings[0][1].support == "unsupported":
        _strike(claim, findings[0][1].reason if findings else "there are no passages", bench)
        return None
    best = findings[0][1]
    if claim in bench.beside and not _about_asked(findings[0][0], bench):
        _strike(claim, "it has nothing to do with the question", bench)
        bench.off += 1
        return None
    alike = [found for found in findings if found[1].support == best.support]
    good = [found for found in alike if found[0] in cited or found is alike[0]]
    names = tuple(dict.fromkeys(bench.add(_bind(passage, finding, bench)) for passage, finding in good[:3]))
    bench.claims.append(Claim(claim, best.support, names))
    if best.support == "weak":
        bench.checks.append(Check("support", False, f"weak ({best.reason}): {claim[:120]}"))
    stop = re.search(r"[.!?:;,]*[*_\"”)]*$", shown)
    cut = stop.start() if stop else len(shown)
    return f"{shown[:cut]}{shown[cut:]} {' '.join(f'[{name}]' for name in names)}"


def _about_asked(passage: Passage, bench: _Bench) -> bool:
    """Whether the passage is of a record of what the question names, or one that names it: all of it belongs there."""
    document = bench.documents[passage.document]
    if document.kind == "prose":
        return False
    asked = bench.question.casefold()
    named = facts(bench.question).identifiers & facts(passage.chunk.text).identifiers
    return bool(named) or any(key.casefold() in asked for key in (*document.identifiers, *document.names))


def _strike(claim: str, why: str, bench: _Bench) -> None:
    bench.struck += 1
    bench.checks.append(Check("support", False, f"struck ({why}): {claim[:160]}"))


def _cited(piece: str, bench: _Bench) -> list[Passage]:
    numbers = [int(n) for marker in _MARKERS.findall(piece) for n in re.findall(r"\d+", marker)]
    bench.unresolved += sum(not 1 <= number <= len(bench.passages) for number in numbers)
    return [bench.passages[n - 1] for n in dict.fromkeys(numbers) if 1 <= n <= len(bench.passages)]


def _judged(claim: str, passage: Passage, bench: _Bench) -> Finding:
    document = bench.documents[passage.document]
    language = passage.language or detect_language(passage.chunk.text)
    place = Place(document, passage.chunk.start, passage.chunk.end, passage.chunk.headings)
    return judge(claim, place, bench.encode, partial(bench.terms, language=language))


def _bind(passage: Passage, finding: Finding, bench: _Bench) -> Source:
    return cite(passage.document, bench.documents[passage.document], finding.start, finding.end, finding.share)


def _known(value: str, bench: _Bench) -> bool:
    return bench.known_identifier(value) or any(value in facts(p.chunk.text).identifiers for p in bench.passages)


# ── what is handed on ────────────────────────────────────────────────────────────────────────────


def _bare(text: str) -> str:
    """A sentence without list marker, emphasis and table bars."""
    prefix = _PREFIX.match(text)
    text = _EMPHASIS.sub("", text[prefix.end() :] if prefix else text).replace("|", " ")
    return " ".join(text.split())


def _tidy(lines: Sequence[str], bench: _Bench) -> str:
    """The lines without headings that lost what they headed; empty when no claim is left."""
    if not bench.claims:
        return ""
    kept: list[str] = []
    for line in reversed(lines):
        empty_below = not any(below.strip() for below in kept)
        heading = not re.search(r"\[s\d+\]", line) and line.strip() and not line.lstrip().startswith(("|", "```"))
        next_heading = next((below.startswith(("#", "**")) for below in kept if below.strip()), False)
        if heading and (empty_below or (line.startswith("#") and next_heading)):
            continue
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line)
    return "\n".join(reversed(kept)).strip("\n")


def _summary(bench: _Bench, removed: int) -> tuple[Check, ...]:
    weak = sum(claim.support == "weak" for claim in bench.claims)
    exact = all(bench.documents[s.document].text[s.start : s.end] == s.quote for s in bench.sources)
    return (
        Check("sources resolve", exact, f"{len(bench.sources)} sources, each the text at its offsets"),
        Check("markers resolve", bench.unresolved == 0, f"{bench.unresolved} markers removed"),
        Check("sentences supported", not weak and not bench.struck,
              f"{len(bench.claims) - weak} supported, {weak} weak, {bench.struck} struck"),
        Check("no foreign links", removed == 0, f"{removed} images, links or tags removed"),
    )  # fmt: skip


def _notices(bench: _Bench) -> tuple[str, ...]:
    notices = []
    for number, why in (
        (bench.struck - bench.off, "no source supports"),
        (bench.off, "nothing in the question asks for"),
    ):
        if number:
            what = "1 sentence was" if number == 1 else f"{number} sentences were"
            notices.append(f"{what} removed because {why} {'it' if number == 1 else 'them'}.")
    weak = sum(claim.support == "weak" for claim in bench.claims)
    if weak:
        notices.append(f"{weak} sentence{'' if weak == 1 else 's'} stand only in part in the source: check before use.")
    return tuple(notices)
