"""The verifier on sentences made by program out of the sample library: true ones it should keep, false ones not.

True: sentences as they stand, with common words exchanged and asides left out, two joined, or cited to a wrong passage.
False: a number, name or identifier exchanged, two names swapped, a negation put in or taken out, an opposite, or a
sentence of another place. The paraphrases are light: it says little of what a model rewords freely.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from benchmarks.bench import Bench
from benchmarks.library import SAMPLES
from benchmarks.results import Row
from vedette.rag.embed import OnnxEmbedder, packaged_model
from vedette.rag.load import markdown, security
from vedette.rag.load.limits import Job
from vedette.rag.split import split
from vedette.rag.text.sentences import sentences
from vedette.rag.verify.claims import verify
from vedette.records import Chunk, Document, Draft, LaneScores, Passage

OF_A_KIND = 60
SEED = 20261121
_RECORDS = ("attack/enterprise-attack-trimmed.json", "kev/known_exploited_vulnerabilities.json")
_SYNONYMS = {
    "utilize": "use", "ensure": "make sure", "such as": "like", "in order to": "to", "however": "but", "also": "too",
    "multiple": "several", "obtain": "get", "perform": "carry out", "must": "has to", "allows": "lets",
    "commonly": "often", "adversaries": "attackers", "additionally": "besides",
}  # fmt: skip
_OPPOSITES = {
    "enable": "disable", "allow": "deny", "increase": "decrease", "before": "after", "at least": "at most",
    "must": "may", "always": "never", "minimum": "maximum", "internal": "external", "more than": "less than",
    "secure": "insecure", "required": "optional", "known": "unknown",
}  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.-])\d+(?![\w.-]*\w)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z0-9]{2,}\b")
_IDENTIFIER = re.compile(r"\b(CVE-\d{4}-\d{4,}|T1\d{3})\b")
_APART = re.compile(r"\b(?!and\b)[a-z]{3,}\b")
_POSITIVE = re.compile(r"\b(is|are|can|should|must|may|will|has|have)\b(?! (not|no|never))")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence that cites the first passage; `true` when one of the passages says it."""

    kind: str
    true: bool
    sentence: str
    passages: tuple[Passage, ...]


def rows(bench: Bench) -> Iterator[Row]:
    embedder = OnnxEmbedder(packaged_model(), 2)
    documents = {document.source: document for document in _documents()}
    cases = list(_cases(documents, embedder))
    kept: Counter[tuple[str, bool]] = Counter()
    for case in cases:
        draft = Draft(f"{case.sentence} [1]", "program")
        shown = verify(draft, case.passages, documents, lambda _: True, embedder.embed).claims
        kept[case.kind, case.true] += bool(shown)
    embedder.close()
    counts = Counter((case.kind, case.true) for case in cases)
    right = sum(number for (_, true), number in kept.items() if true)
    every = sum(number for (_, true), number in counts.items() if true)
    by_kind = "; shown of ".join(f"{kind} {kept[kind, true]}/{counts[kind, true]}" for kind, true in sorted(counts))
    note = (
        f"{every} true and {len(cases) - every} false sentences made by program, paraphrases light; shown of {by_kind}"
    )
    yield Row("verifier: shown sentences that are true", right / sum(kept.values()), "share", "higher", note, 0.98)
    yield Row("verifier: true sentences that are shown", right / every, "share", "higher", note)


def _documents() -> Iterator[Document]:
    for path in sorted(SAMPLES.glob("*/*.md")):
        if "licenses" not in path.parts:
            yield from _only(markdown.read(Job(path.read_bytes(), str(path.relative_to(SAMPLES)))))
    for name in _RECORDS:
        yield from _only(security.read_json((SAMPLES / name).read_bytes(), name))


def _only(found: Iterator[object]) -> Iterator[Document]:
    return (one for one in found if isinstance(one, Document))


def _cases(documents: dict[str, Document], embedder: OnnxEmbedder) -> Iterator[Case]:
    """Up to OF_A_KIND sentences of each kind."""
    draw = random.Random(SEED)
    drawn = draw.sample(sorted(documents), 600)
    chunks = [chunk for name in drawn for chunk in split(documents[name], embedder.token_offsets, 200, 40)]
    places = [_passage(documents[chunk.source], chunk) for chunk in chunks if len(_plain(chunk)) > 1]
    counts: Counter[str] = Counter()
    for number in draw.sample(range(len(places)), len(places)):
        here, there = places[number], places[draw.randrange(len(places))]
        if there.document == here.document:
            continue
        for case in (*_true(here, there, draw), *_false(here, there, documents, draw)):
            if counts[case.kind] < OF_A_KIND:
                counts[case.kind] += 1
                yield case


def _true(here: Passage, there: Passage, draw: random.Random) -> Iterator[Case]:
    own = _plain(here.chunk)
    one = draw.choice(own)
    yield Case("verbatim", True, one, (here,))
    yield Case("cited to a wrong passage", True, one, (there, here))
    reworded = re.sub(r"\s*\([^)]{3,80}\)", "", one)
    for word, other in _SYNONYMS.items():
        reworded = re.sub(rf"\b{word}\b", other, reworded, flags=re.IGNORECASE)
    if reworded != one:
        yield Case("reworded", True, reworded, (here,))
    for first, second in pairwise(own):
        if second.split()[0] in ("The", "This", "It", "These", "If", "For"):
            yield Case("joined", True, f"{first[:-1]} and {second[0].lower()}{second[1:]}", (here,))


def _false(here: Passage, there: Passage, documents: dict[str, Document], draw: random.Random) -> Iterator[Case]:
    one = draw.choice(_plain(here.chunk))
    text = documents[here.document].text
    for kind, changed in _changed(one, text, draw):
        if changed != one and changed not in " ".join(text.split()):
            yield Case(kind, False, changed, (here,))
    strange = draw.choice(_plain(there.chunk))
    if strange not in " ".join(text.split()):
        yield Case("of another document", False, strange, (here,))


def _changed(one: str, text: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    for found in _NUMBER.finditer(one):
        other = str(int(found.group()) + draw.choice((1, 2, 5, 10)))
        yield "number exchanged", one[: found.start()] + other + one[found.end() :]
    names = [found.group() for found in _NAME.finditer(one)]
    others = sorted({name for name in _NAME.findall(text) if name.casefold() not in one.casefold()})
    if names and others:
        yield "name exchanged", re.sub(rf"\b{names[0]}\b", draw.choice(others), one)
    for first, second in combinations(dict.fromkeys(names), 2):
        if not _APART.search(one[one.index(first) : one.index(second)]):
            continue  # the parts of one name, or of an enumeration
        parts = re.split(rf"\b({first}|{second})\b", one)
        swap = {first: second, second: first}
        yield "names swapped", "".join(swap.get(part, part) for part in parts)
    yield "identifier exchanged", _IDENTIFIER.sub(lambda found: found.group()[:-3] + "987", one)
    yield "negation put in", _POSITIVE.sub(lambda found: f"{found.group()} not", one, count=1)
    yield "negation taken out", re.sub(r"\b(?:not|never) ", "", one, count=1)
    for word, opposite in _OPPOSITES.items():
        yield "opposite", re.sub(rf"\b{word}\b", opposite, one, count=1)


def _plain(chunk: Chunk) -> list[str]:
    """The sentences of a chunk that can stand alone."""
    found = (" ".join(chunk.text[start:end].split()) for start, end in sentences(chunk.text))
    return [one for one in found if 50 < len(one) < 320 and one[0].isupper() and one[-1] == "." and "http" not in one]


def _passage(document: Document, chunk: Chunk) -> Passage:
    scores = LaneScores(0.0, 0.0, 0.0, 1.0)
    return Passage(document.source, document.title, document.kind, document.language, chunk, scores)
