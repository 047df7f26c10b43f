"""Off-topic questions refused and on-topic ones not: on the security set, beside a threshold on BM25's best score, and
on libraries of every kind, by questions that the decision was not fitted on (the `test` halves of scope_questions.toml,
every second question of the development sets)."""

from __future__ import annotations

import json
import random
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.bench import ROOT, Bench, environment, percentile
from benchmarks.library import sample_library
from benchmarks.results import Row
from benchmarks.retrieval import SECURITY, Set, library
from vedette.app import open_knowledge
from vedette.learning.beir import LabelledSet, read_labelled
from vedette.learning.evaluate_scope import area, evaluate_scope, read_questions
from vedette.records import IngestRequest, Question
from vedette.services import Knowledge
from vedette.settings import load

FALSE_REFUSALS = 0.05
SHORT = 300
TEST = slice(1, None, 2)
_FORMS = ("what is {}?", "{}", "how do I detect {}?", "{} mitigation")


def rows(bench: Bench) -> Iterator[Row]:
    yield from _on_the_security_set(bench)
    yield from _on_every_kind(bench)


def _on_every_kind(bench: Bench) -> Iterator[Row]:
    """A CV, a course, the sample library in English, Spanish and French, and two sets."""
    written = tomllib.loads(Path(__file__).with_name("scope_questions.toml").read_text(encoding="utf-8"))
    english = read_questions(bench.dev_set("off-topic") / "queries.jsonl")[TEST]
    scifact, articles = (read_labelled(bench.dev_set(name)) for name in ("scifact", "xquad-es"))
    asked = {one: [query.text for query in of.queries][TEST] for one, of in (("s", scifact), ("a", articles))}
    spanish = [*written["spanish"]["test"]["off"], *asked["a"]]
    with open_knowledge(load({}, bench.work / "scope" / "data")) as knowledge:
        for name, folder, off in (("cv", "cv", english), ("course", "curso", spanish)):
            list(knowledge.ingest(IngestRequest((str(ROOT / "examples" / folder),), name)))
            yield from _judged(name, knowledge, name, written[name]["test"], off)
    with sample_library(bench) as knowledge:
        yield from _judged("library", knowledge, "default", written["library"]["test"], english)
        questions = written["library-spanish"]["test"]
        yield from _judged("library, asked in Spanish", knowledge, "default", questions, spanish)
        questions, french = written["library-french"]["test"], written["french"]["test"]["off"]
        yield from _judged("library, asked in French", knowledge, "default", questions, french)
    with library(Set("scifact", "english", {}), scifact, bench) as (knowledge, _):
        yield from _judged("scifact", knowledge, "scifact", {"on": asked["s"]}, english)
    with library(Set("xquad-es", "spanish", {}), articles, bench) as (knowledge, _):
        off = [*written["spanish"]["test"]["off"], *english]
        yield from _judged("xquad-es", knowledge, "xquad-es", {"on": asked["a"]}, off)


def _judged(
    name: str, knowledge: Knowledge, collection: str, asked: dict[str, list[str]], off: Sequence[str]
) -> Iterator[Row]:
    found = evaluate_scope(knowledge, asked["on"], off, collection)
    absent = [knowledge.scope(Question(text, collection)).in_scope for text in asked.get("absent", [])]
    note = f"AUROC {found.auroc.value:.3f}"
    if absent:
        note += f"; of {len(absent)} on the subject without an answer there, {absent.count(False)} refused"
    for label, rate, count in (("off-topic", found.refused_off, found.off), ("on-topic", found.refused_on, found.on)):
        off_topic = label == "off-topic"
        yield Row(
            name=f"scope: {name}, {label} questions refused",
            ours=rate.value,
            unit="share",
            better="higher" if off_topic else "lower",
            note=f"{count} questions, 95 % interval {rate.low:.3f} to {rate.high:.3f}; {note}",
            target=0.95 if off_topic else 0.05,
        )


def _on_the_security_set(bench: Bench) -> Iterator[Row]:
    folder, off_topic = bench.dev_set(SECURITY.name), bench.dev_set("off-topic")
    labelled = read_labelled(folder)
    on = [*(query.text for query in labelled.queries), *_short(labelled)]
    off = read_questions(off_topic / "queries.jsonl")
    with library(SECURITY, labelled, bench) as (knowledge, _):
        decided = [knowledge.scope(Question(text, SECURITY.name)) for text in [*on, *off]]
    refused = [not decision.in_scope for decision in decided]
    sure = [decision.probability for decision in decided]
    parts = (
        ("questions of the set", refused[: len(labelled.queries)]),
        ("short ones made of titles", refused[len(labelled.queries) : len(on)]),
        ("off topic", refused[len(on) :]),
    )
    auroc = area(np.array(sure[: len(on)]), np.array(sure[len(on) :]))
    note = f"AUROC {auroc:.3f}; refused at the threshold in use: " + ", ".join(
        f"{100 * sum(part) / len(part):.1f} % of {len(part)} {name}" for name, part in parts
    )
    yield Row(
        name="scope: off-topic questions refused, at 5 % false refusals",
        ours=_refused(sure, len(on)),
        unit="share",
        better="higher",
        target=0.95,
        peer=_refused(_bm25(folder, [*on, *off], bench), len(on)),
        beside="threshold on the best BM25 score",
        note=f"threshold at the 5th percentile of the on-topic questions, for both; {note}",
    )
    yield Row("scope: off-topic questions refused, as set up", fmean(parts[2][1]), "share", "higher", note, 0.95)
    yield Row("scope: on-topic questions refused, as set up", fmean(refused[: len(on)]), "share", "lower", note, 0.05)


def _refused(scores: Sequence[float], on: int) -> float:
    """Which share of the off-topic scores, those after the first `on`, lies below a twentieth of the on-topic ones."""
    threshold = percentile(scores[:on], FALSE_REFUSALS)
    return sum(score < threshold for score in scores[on:]) / (len(scores) - on)


def _short(labelled: LabelledSet) -> list[str]:
    """Short questions about titles, in four forms."""
    titles = sorted({document.title.split(" (")[0].rsplit(": ", 1)[-1] for document in labelled.documents})
    drawn = random.Random(0).sample(titles, SHORT)
    return [_FORMS[number % len(_FORMS)].format(title) for number, title in enumerate(drawn)]


def _bm25(folder: Path, questions: Sequence[str], bench: Bench) -> list[float]:
    """BM25's best score for each question."""
    program = str(Path(__file__).with_name("peer_ranking.py"))
    done = subprocess.run(
        [str(bench.peer_python()), program, "best", str(folder), SECURITY.language],
        input=json.dumps(questions), env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    best: list[float] = json.loads(done.stdout)
    return best
