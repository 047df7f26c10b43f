"""Does the scope decision carry over to collections it was not fitted on? Prints that, and the weights in use.

    python benchmarks/scope_transfer.py --dev DIR [--cache FOLDER] [--most N]

Collections of 10 to 10,000 passages are cut out of the development sets. Each gets questions that it answers (those
labelled for its documents, and short ones made of its titles) and questions that it does not (the off-topic set,
questions of other sets, in XQuAD also those on other articles). The CV and the Spanish course in examples/ get the
`tune` halves of scope_questions.toml, those on their subject that they do not answer included. A
family is security, biomedicine (SciFact), encyclopaedia in Spanish (XQuAD), CV or course: the figures for a family come
from weights fitted on the other families.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vedette.learning.evaluate_scope import area
from vedette.rag.embed import OnnxEmbedder, packaged_model
from vedette.rag.load import markdown
from vedette.rag.load.limits import Job
from vedette.rag.scope import calibrate
from vedette.rag.scope import evidence as scope
from vedette.rag.scope.decide import scaled
from vedette.rag.split import split
from vedette.rag.text import analyse
from vedette.rag.text.identifiers import find_identifiers
from vedette.records import Chunk, Document, LaneScores, Passage, Understanding

FORMS = ("{}", "how do I detect {}", "who uses {}?", "explain {} briefly", "{} mitigation")
FORMS_ES = ("{}", "dime algo sobre {}", "{}: ¿qué fue?")
PENALTY = 3e-3
HERE = Path(__file__).resolve().parent
Table = NDArray[np.float64]


@dataclass(frozen=True)
class Shelf:
    """A collection in memory, with exhaustive search."""

    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]
    terms: tuple[analyse.SparseVector, ...]
    counts: Counter[int]
    postings: dict[int, tuple[NDArray[np.int64], NDArray[np.float32]]]
    encode: scope.Encode

    def look(self, question: str) -> scope.Sought:
        vector = self.encode([question])[0]
        language, corpus = analyse.detect_language(question), self.corpus()
        asked = analyse.query_terms(question, language, corpus.languages)
        query = analyse.sparse_query(asked, corpus.frequency(list(asked)), corpus.chunks)
        lexical = np.zeros(len(self.passages))
        for term, weight in zip(query.indices, query.values, strict=True):
            rows, values = self.postings[int(term)]
            lexical[rows] += weight * values
        dense = self.vectors @ vector
        fused = lexical / max(lexical.max(), 1e-9) + dense / max(dense.max(), 1e-9)
        best = np.argsort(-fused, kind="stable")[: scope.PASSAGES]
        found = tuple(
            replace(self.passages[i], scores=LaneScores(float(dense[i]), float(lexical[i]), 0.0, float(fused[i])))
            for i in best
        )
        understanding = Understanding(find_identifiers(question), language, "question")
        return scope.Sought(question, understanding, vector, found, corpus)

    def corpus(self) -> scope.Corpus:
        def frequency(terms: Sequence[str]) -> NDArray[np.float64]:
            return np.array([self.counts[int(term)] for term in analyse.term_ids(terms)], dtype=np.float64)

        spoken = Counter(passage.language for passage in self.passages)
        return scope.Corpus(len(self.passages), tuple(spoken), frequency)


@dataclass(frozen=True)
class Case:
    """A collection with the questions on both sides."""

    name: str
    family: str
    shelf: Shelf
    on: tuple[str, ...]
    off: tuple[str, ...]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """Rows of support, sentence, covered (in spreads, capped), topic and strange, for each kind of question."""

    name: str
    family: str
    passages: int
    on: Table
    off: Table
    absent: Table


class Remembered:
    """The packaged encoder, with its vectors kept on disk."""

    def __init__(self, folder: Path | None) -> None:
        self._embedder = OnnxEmbedder(packaged_model(), os.cpu_count() or 1)
        self._folder = folder
        self._known: dict[str, NDArray[np.float32]] = {}

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._stored(new), strict=True))
        return np.array([self._known[text] for text in texts])

    def _stored(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._folder is None or len(texts) < 500:
            return self._embedder.embed(texts)
        digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
        path = self._folder / f"{digest[:16]}.npy"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            np.save(path, self._embedder.embed(texts))
        return np.load(path)  # type: ignore[no-any-return]

    def cut(self, document: Document) -> list[Chunk]:
        return list(split(document, self._embedder.token_offsets, 254 - analyse.TITLE_TOKENS, 50))


@dataclass(frozen=True)
class Labelled:
    """A development set: its shelf, the document of each passage, questions with the documents that answer them."""

    shelf: Shelf
    documents: tuple[str, ...]
    titles: dict[str, str]
    questions: tuple[tuple[str, frozenset[str]], ...]

    def part(self, keep: frozenset[str]) -> Shelf:
        return shelf_of(self.shelf, [i for i, name in enumerate(self.documents) if name in keep])

    def answered(self, keep: frozenset[str], yes: bool = True) -> list[str]:
        return [text for text, gold in self.questions if bool(gold & keep) is yes]


def shelf_of(whole: Shelf, rows: Sequence[int]) -> Shelf:
    terms = tuple(whole.terms[i] for i in rows)
    lists: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for row, vector in enumerate(terms):
        for term, value in zip(vector.indices, vector.values, strict=True):
            lists[int(term)].append((row, float(value)))
    postings = {t: (np.array([r for r, _ in p]), np.array([v for _, v in p], np.float32)) for t, p in lists.items()}
    counts = Counter({term: len(found) for term, found in lists.items()})
    passages = tuple(whole.passages[i] for i in rows)
    return Shelf(passages, whole.vectors[list(rows)], terms, counts, postings, whole.encode)


def shelve(documents: Sequence[Document], language: str, encode: Remembered) -> tuple[Shelf, tuple[str, ...]]:
    """A shelf, and the document of each of its passages. Vectors are placed in their documents as an ingest does."""
    passages, terms, texts, names = [], [], [], []
    for document in documents:
        title = analyse.embedded_title(document.title)
        for chunk in encode.cut(replace(document, title=title)):
            passages.append(Passage(document.source, title, "prose", language, chunk, LaneScores(0.0, 0.0, 0.0, 0.0)))
            terms.append(analyse.sparse_document(analyse.terms(title, language) + analyse.terms(chunk.text, language)))
            texts.append(analyse.embedded_text(title, chunk))
            names.append(document.source)
    starts = [row for row in range(1, len(names)) if names[row] != names[row - 1]]
    placed = np.concatenate([analyse.in_context(one) for one in np.split(encode(texts), starts)])
    bare = Shelf(tuple(passages), placed, tuple(terms), Counter(), {}, encode)
    return shelf_of(bare, range(len(passages))), tuple(names)


def read_set(folder: Path, language: str, encode: Remembered) -> Labelled:
    rows = map(json.loads, (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines())
    documents = [Document(row["_id"], row.get("title", ""), row["text"], "text/plain") for row in rows]
    gold: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, document, _ = line.split("\t")
        gold[question].add(document)
    rows = map(json.loads, (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    questions = tuple((row["text"], frozenset(gold[row["_id"]])) for row in rows if row["_id"] in gold)
    shelf, names = shelve(documents, language, encode)
    titles = {document.source: analyse.embedded_title(document.title) for document in documents}
    return Labelled(shelf, names, titles, questions)


def examples(everything: Sequence[str], encode: Remembered) -> Iterator[Case]:
    """The CV and the course, with the questions written for them."""
    asked = tomllib.loads((HERE / "scope_questions.toml").read_text(encoding="utf-8"))
    for name, folder, language in (("cv", "cv", "en"), ("course", "curso", "es")):
        paths = sorted((HERE.parent / "examples" / folder).glob("*.md"))
        documents = [found for path in paths for found in markdown.read(Job(path.read_bytes(), path.name))]
        own = asked[name]["tune"]
        off = (*everything, *asked["spanish"]["tune"]["off"])
        shelf, _ = shelve(documents, language, encode)
        yield Case(f"{name} {len(documents)}", name, shelf, tuple(own["on"]), off, tuple(own["absent"]))


def cases(dev: Path, encode: Remembered, most: int) -> Iterator[Case]:
    """The collections. `most`: questions of one kind in one collection."""
    chance = random.Random(0)
    security, biomedicine = (read_set(dev / name, "en", encode) for name in ("security", "scifact"))
    encyclopaedia = read_set(dev / "xquad-es", "es", encode)
    lines = (dev / "off-topic" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    everything = [json.loads(line)["text"] for line in lines]

    yield from examples(chance.sample(everything, most), encode)

    def some(texts: Sequence[str]) -> list[str]:
        return chance.sample(list(texts), min(most, len(texts)))

    def case(name: str, family: str, of: Labelled, keep: frozenset[str], others: Sequence[Sequence[str]]) -> Case:
        forms = FORMS_ES if family == "encyclopaedia" else FORMS
        titles = sorted({of.titles[i] for i in keep})
        short = [chance.choice(forms).format(t) for t in titles] if family != "biomedicine" else []
        off = [text for other in (everything, *others) for text in some(other)]
        return Case(name, family, of.part(keep), tuple(some(of.answered(keep)) + some(short)), tuple(off))

    asked = {"s": [q for q, _ in security.questions], "b": [q for q, _ in biomedicine.questions]}
    asked["e"] = [q for q, _ in encyclopaedia.questions]
    for of, family, sizes, others in (
        (security, "security", (15, 60, 250, 800, 0), ("b", "e")),
        (biomedicine, "biomedicine", (40, 300, 1500, 0), ("s", "e")),
    ):
        known = sorted({name for _, gold in of.questions for name in gold})
        for size in sizes:
            half = min(size // 2, len(known))
            names = chance.sample(known, half) + chance.sample(sorted(of.titles), min(size // 2, len(of.titles)))
            keep = frozenset(names) if size else frozenset(of.titles)
            yield case(f"{family} {len(keep)}", family, of, keep, [asked[other] for other in others])
    articles = sorted(set(encyclopaedia.titles.values()))
    for chosen in (articles[0::2], articles[1::2], articles[:3], articles[5:9], articles[10:11], articles[13:14]):
        keep = frozenset(name for name, title in encyclopaedia.titles.items() if title in chosen)
        rest = encyclopaedia.answered(keep, yes=False)
        yield case(f"encyclopaedia {len(keep)}", "encyclopaedia", encyclopaedia, keep, [asked["s"], rest])


def measured(case: Case) -> Measured:
    """Everything that does not depend on the weights."""
    shelf = case.shelf
    rows = np.random.default_rng(0).permutation(len(shelf.passages))[: calibrate.SAMPLE]
    fitted = calibrate.calibrate(shelf.vectors[rows], shelf.look, shelf.encode, "")

    def table(questions: Sequence[str]) -> Table:
        found = []
        for question in questions:
            sought = shelf.look(question)
            evidence = scope.read(sought, scope.gather(sought, fitted), shelf.encode)
            found.append((*scaled(evidence.measures, fitted), evidence.topic, evidence.strange**2))
        return np.array(found).reshape(-1, 5)

    sides = (table(case.on), table(case.off), table(case.absent))
    return Measured(case.name, case.family, len(shelf.passages), *sides)


def fit(parts: Sequence[Measured]) -> NDArray[np.float64]:
    """Logistic regression, every side of every collection weighing the same -> five weights and the constant."""
    sides = [side for part in parts for side in ((part.on, 1.0, 1.0), (part.off, 0.0, 1.0), (part.absent, 0.0, 1.0))]
    sides = [side for side in sides if len(side[0])]
    rows = np.concatenate([table for table, _, _ in sides])
    wanted = np.concatenate([np.full(len(table), label) for table, label, _ in sides])
    share = np.concatenate([np.full(len(table), counts / len(table)) for table, _, counts in sides])
    share *= len(share) / share.sum()
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    points = np.c_[(rows - mean) / spread, np.ones(len(rows))]
    ridge = PENALTY * np.diag([1.0] * rows.shape[1] + [0.0])
    weights = np.zeros(points.shape[1])
    for _ in range(30):
        chance = 1.0 / (1.0 + np.exp(-np.clip(points @ weights, -30, 30)))
        slope = points.T @ (share * (chance - wanted)) / len(points) + ridge @ weights
        bend = (points * (share * chance * (1 - chance))[:, None]).T @ points / len(points) + ridge
        weights = weights - np.linalg.solve(bend, slope)
    constant = weights[-1] - (weights[:-1] * mean / spread).sum()
    return np.append(weights[:-1] / spread, constant)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--dev", type=Path, default=os.environ.get("VEDETTE_DEV_DATA"))
    parser.add_argument("--cache", type=Path, help="folder to keep the passages' vectors in")
    parser.add_argument("--most", type=int, default=100, help="questions of one kind in one collection")
    options = parser.parse_args()
    if options.dev is None or not Path(options.dev).is_dir():
        print("The development sets are not here: give --dev DIR or set VEDETTE_DEV_DATA.", file=sys.stderr)
        return 1
    parts = []
    for case in cases(Path(options.dev), Remembered(options.cache), options.most):
        parts.append(measured(case))
        print(f"measured {case.name}: {parts[-1].passages} passages", file=sys.stderr)
    print(f"{'collection':<22}{'passages':>9}{'AUROC':>8}{'off refused':>14}{'on':>14}{'absent':>14}")
    for part in parts:
        weights = fit([other for other in parts if other.family != part.family])
        on, off, absent = (side @ weights[:-1] + weights[-1] for side in (part.on, part.off, part.absent))
        rates = f"{(off < 0).mean():13.3f}{(on < 0).mean():12.3f}" + (
            f"{(absent < 0).mean():16.3f}" if len(absent) else ""
        )
        print(f"{part.name:<22}{part.passages:>9}{area(on, off):8.3f}{rates}")
    support, sentence, covered, topic, strange, constant = fit(parts)
    print(f"{support=:.3f} {sentence=:.3f} {covered=:.3f} {topic=:.3f} {strange=:.3f} {constant=:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
