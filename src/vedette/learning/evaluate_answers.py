"""How well a library answers: question set -> paragraphs read as a user's would be -> checked answers -> measures.

Measured without trust in the verifier: every quote is compared with the stored document, every marker of the text is
looked up, and a sentence counts as supported when its words stand in what it cites.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from vedette.errors import LoadError
from vedette.learning.evaluate_retrieval import write_pages
from vedette.learning.intervals import Interval, mean
from vedette.learning.squad import Asked, QuestionSet, contains, exact_match, f1, words
from vedette.records import Answer, Claim, IngestReport, IngestRequest, Question
from vedette.services import Knowledge

SHARE = 0.75
"""Share of a sentence's words that must stand in what it cites."""
_MARKER = re.compile(r"\[(s\d+)\]")


@dataclass(frozen=True, slots=True)
class AnswersReport:
    """Means, 0..1, higher is better; a measure without cases is None.

    `exact_match` and `f1` are SQuAD 2.0's, over all questions, of the whole answer: a refusal is right where nothing
    answers and wrong elsewhere. `best_sentence_f1` is that of the best sentence of each answer. `answered`,
    `answer_in_answer`, `answer_in_passages` are over the questions that have an answer, `abstained` over the others;
    `citations_valid` over sources and markers, `sentences_supported` over sentences.
    """

    documents: int
    questions: int
    unanswerable: int
    exact_match: Interval
    f1: Interval
    best_sentence_f1: Interval
    answered: Interval | None
    answer_in_answer: Interval | None
    answer_in_passages: Interval | None
    abstained: Interval | None
    citations_valid: Interval | None
    sentences_supported: Interval | None
    milliseconds: Interval


def evaluate_answers(
    knowledge: Knowledge,
    asked: QuestionSet,
    pages: Path,
    collection: str,
    told: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> AnswersReport:
    """Ingest the paragraphs into `collection`, which must hold nothing else, and ask every question.

    `pages` is the folder that the paragraphs are written to; `told(stage, done, total)` is told of the progress.
    Raises LoadError where a paragraph was not read.
    """
    write_pages(asked.paragraphs, pages)
    for step in knowledge.ingest(IngestRequest((str(pages.absolute()),), collection)):
        if isinstance(step, IngestReport):
            if step.failed:
                raise LoadError(f"{len(step.failed)} paragraphs were not read; the first: {step.failed[0].reason}")
        else:
            told("documents", step.files_done, step.files_total)
    answers: list[Answer] = []
    for done, question in enumerate(asked.questions, 1):
        *_, last = knowledge.ask(Question(question.text, collection))
        assert last.answer is not None
        answers.append(last.answer)
        told("questions", done, len(asked.questions))
    return report(knowledge, asked, answers)


def report(knowledge: Knowledge, asked: QuestionSet, answers: list[Answer]) -> AnswersReport:
    """The measures of answers, one for each question in order. `knowledge` has the documents that they cite."""
    pairs = list(zip(asked.questions, answers, strict=True))
    answerable = [(question, answer) for question, answer in pairs if question.answers]
    impossible = [answer for question, answer in pairs if not question.answers]
    return AnswersReport(
        documents=len(asked.paragraphs),
        questions=len(pairs),
        unanswerable=len(impossible),
        exact_match=mean([exact_match(said(answer), question.answers) for question, answer in pairs]),
        f1=mean([f1(said(answer), question.answers) for question, answer in pairs]),
        best_sentence_f1=mean([_best_sentence(question, answer) for question, answer in pairs]),
        answered=_share(not answer.refused for _, answer in answerable),
        answer_in_answer=_share(contains(said(answer), question.answers) for question, answer in answerable),
        answer_in_passages=_share(
            any(contains(passage.chunk.text, question.answers) for passage in answer.passages)
            for question, answer in answerable
        ),
        abstained=_share(answer.refused for answer in impossible),
        citations_valid=_share(valid for answer in answers for valid in citations(knowledge, answer)),
        sentences_supported=_share(supported(claim, answer) for answer in answers for claim in answer.claims),
        milliseconds=mean([sum(answer.timings_ms.values()) for answer in answers]),
    )


def said(answer: Answer) -> str:
    """The words of an answer: its sentences, without markers; nothing where it was refused."""
    return "" if answer.refused else " ".join(claim.text for claim in answer.claims)


def citations(knowledge: Knowledge, answer: Answer) -> list[bool]:
    """For each source, whether its quote is the stored text at its offsets; for each marker and claim, whether all that
    it names is among the sources."""
    names = {source.id for source in answer.sources}
    quoted = [
        knowledge.document(source.document).document.text[source.start : source.end] == source.quote
        for source in answer.sources
    ]
    marked = [marker in names for marker in _MARKER.findall(answer.text)]
    return [*quoted, *marked, *(bool(claim.sources) and set(claim.sources) <= names for claim in answer.claims)]


def supported(claim: Claim, answer: Answer) -> bool:
    """Whether the words of a sentence stand in what it cites."""
    cited = " ".join(source.quote for source in answer.sources if source.id in claim.sources)
    have, wanted = set(words(cited)), words(claim.text)
    return bool(wanted) and sum(word in have for word in wanted) >= SHARE * len(wanted)


def _best_sentence(question: Asked, answer: Answer) -> float:
    sentences = [claim.text for claim in answer.claims] if not answer.refused else []
    return max((f1(sentence, question.answers) for sentence in sentences), default=f1("", question.answers))


def _share(values: Iterable[bool]) -> Interval | None:
    found = [float(value) for value in values]
    return mean(found) if found else None
