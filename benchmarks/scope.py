"""Off-topic questions refused and on-topic ones not, on the security set, beside a threshold on BM25's best score."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.bench import Bench, environment, percentile
from benchmarks.results import Row
from benchmarks.retrieval import SECURITY, library
from vedette.learning.beir import LabelledSet, read_labelled
from vedette.learning.evaluate_scope import evaluate_scope, read_questions

FALSE_REFUSALS = 0.05
SHORT = 300
_FORMS = ("what is {}?", "{}", "how do I detect {}?", "{} mitigation")


def rows(bench: Bench) -> Iterator[Row]:
    folder, off_topic = bench.dev_set(SECURITY.name), bench.dev_set("off-topic")
    labelled = read_labelled(folder)
    on = [*(query.text for query in labelled.queries), *_short(labelled)]
    off = read_questions(off_topic / "queries.jsonl")
    with library(SECURITY, labelled, bench) as (knowledge, _):
        report = evaluate_scope(knowledge, on, off, SECURITY.name)
    best = _bm25(folder, [*on, *off], bench)
    threshold = percentile(best[: len(on)], FALSE_REFUSALS)
    refused = sum(score < threshold for score in best[len(on) :]) / len(off)
    note = (
        f"{report.on} on-topic questions ({len(labelled.queries)} of the set, {SHORT} short ones made of titles), "
        f"{report.off} off topic; AUROC {report.auroc.value:.3f}; wrongly refused: "
        + ", ".join(f"{part.name} {100 * part.refused:.1f} % of {part.questions}" for part in report.slices_on)
        + "; refused off topic: "
        + ", ".join(f"{part.name} {100 * part.refused:.1f} % of {part.questions}" for part in report.slices_off)
    )
    yield Row(
        name="scope: off-topic questions refused",
        ours=report.refused_off.value,
        unit="share",
        better="higher",
        target=0.95,
        peer=refused,
        beside=f"best BM25 score, at {100 * FALSE_REFUSALS:.0f} % false refusals",
        note=f"at the threshold in use; {note}",
    )
    yield Row("scope: on-topic questions refused", report.refused_on.value, "share", "lower", note, FALSE_REFUSALS)


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
