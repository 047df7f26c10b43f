"""Finished answers without a language model: do citations resolve, do sentences stand in what they cite, is it the
answer? On questions about ATT&CK pages (sample library) and about paragraphs in Spanish (XQuAD)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.library import sample_library
from benchmarks.results import Row
from vedette.app import open_knowledge
from vedette.learning.beir import read_labelled
from vedette.learning.evaluate_answers import citations, evaluate_answers, supported
from vedette.learning.intervals import mean
from vedette.learning.squad import Asked, QuestionSet
from vedette.records import Answer, Question
from vedette.services import Knowledge
from vedette.settings import load

QUESTIONS = 200
SPANISH = "xquad-es"


def rows(bench: Bench) -> Iterator[Row]:
    security, spanish = bench.dev_set("security"), bench.dev_set(SPANISH)
    asked = [query.text for query in read_labelled(security).queries if "source=cti-mcq" in query.parts][:QUESTIONS]
    with sample_library(bench) as knowledge:
        answers = [_answer(knowledge, text) for text in asked]
        resolved = mean([float(held) for answer in answers for held in citations(knowledge, answer)])
        stand = mean([float(supported(claim, answer)) for answer in answers for claim in answer.claims])
    given = sum(not answer.refused for answer in answers)
    note = (
        f"{len(asked)} cti-mcq questions to the sample library, {given} answered, no language model: its sentences are "
        f"cut from the documents"
    )
    yield Row(
        "answers: citations that resolve", resolved.value, "share", "higher", f"{note}; character for character", 1
    )
    how = "three quarters of a sentence's words stand in what it cites"
    yield Row("answers: sentences supported by their source", stand.value, "share", "higher", f"{note}; {how}", 0.98)
    place = bench.work / "answers"
    with open_knowledge(load({}, place / "data")) as knowledge:
        report = evaluate_answers(knowledge, _questions(spanish), place / "pages", SPANISH)
    assert report.answer_in_answer is not None
    assert report.answer_in_passages is not None
    yield Row(
        name="answers: xquad-es, the answer stands in the given sentences",
        ours=report.answer_in_answer.value,
        unit="share",
        better="higher",
        note=(
            f"{report.questions} questions, {report.documents} paragraphs, no language model; in the passages "
            f"found: {report.answer_in_passages.value:.3f}; F1 of the best sentence {report.best_sentence_f1.value:.3f}"
        ),
    )


def _answer(knowledge: Knowledge, text: str) -> Answer:
    *_, last = knowledge.ask(Question(text))
    assert last.answer is not None
    return last.answer


def _questions(folder: Path) -> QuestionSet:
    """The labelled set with the answers that its queries carry."""
    labelled = read_labelled(folder)
    lines = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").split("\n") if line]
    answers = {line["_id"]: tuple(line["answers"]) for line in lines}
    asked = [Asked(query.id, query.text, next(iter(query.relevant)), answers[query.id]) for query in labelled.queries]
    return QuestionSet(labelled.documents, tuple(asked))
