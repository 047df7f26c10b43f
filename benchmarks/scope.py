"""Off-topic questions refused and on-topic ones not, on the security set, beside a threshold on BM25's best score."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.bench import Bench, environment, percentile
from benchmarks.results import Row
from benchmarks.retrieval import SECURITY, library
from vedette.learning.beir import LabelledSet, read_labelled
from vedette.learning.evaluate_scope import area, read_questions
from vedette.records import Question

FALSE_REFUSALS = 0.05
SHORT = 300
_FORMS = ("what is {}?", "{}", "how do I detect {}?", "{} mitigation")


def rows(bench: Bench) -> Iterator[Row]:
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
