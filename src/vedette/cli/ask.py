"""`vedette ask` and `vedette retrieve`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vedette.cli.common import (
    NOTHING_FOUND,
    AsJson,
    Collection,
    Filters,
    connected,
    parse_filters,
    print_json,
    stderr,
    stdout,
)
from vedette.errors import BadInput, StorageError

if TYPE_CHECKING:
    from vedette.records import Answer, AnswerEvent

QuestionText = Annotated[str, typer.Argument(help="What you want to know.")]


def ask(
    ctx: typer.Context,
    question: QuestionText,
    collection: Collection = "default",
    json_: AsJson = False,
    evidence: Annotated[
        Path | None, typer.Option(help="Also write passages, provider and checks to this file.")
    ] = None,
    require_answer: Annotated[bool, typer.Option("--require-answer", help="Exit with 3 when it is refused.")] = False,
) -> None:
    """Answer a question from the documents, each sentence with its source, or refuse and say why.

    \b
    Examples:
      vedette ask "How do I store passwords safely?"
      vedette ask "What must I do about CVE-2021-44228 and by when?" --json
      vedette ask "Who won the 1998 World Cup?" --require-answer
      vedette ask "Which certificates does she have?" --collection cv --evidence evidence.json
    """
    from vedette.records import Question
    from vedette.records_json import answer_json
    from vedette.web.config import check_question

    text = check_question(question)
    with connected(ctx) as knowledge:
        answer = _last(knowledge.ask(Question(text, collection)), quiet=json_)
    if evidence:
        _write_evidence(evidence, text, answer)
    if json_:
        print_json(answer_json(answer))
    else:
        from vedette.cli.show import show_answer

        show_answer(stdout(), answer)
    if answer.refused and require_answer:
        raise typer.Exit(NOTHING_FOUND)


def _last(events: Iterator[AnswerEvent], quiet: bool) -> Answer:
    answer = None
    if quiet:
        for event in events:
            answer = event.answer or answer
    else:
        with stderr().status("reading the documents") as status:
            for event in events:
                answer = event.answer or answer
                if event.kind == "stage":
                    status.update(event.text)
    if answer is None:
        raise StorageError("The question ended without an answer; ask it again.")
    return answer


def _write_evidence(path: Path, question: str, answer: Answer) -> None:
    from vedette.records_json import answer_json

    whole = answer_json(answer, evidence=True)
    first = ("corpus_version", "provider", "checks", "passages", "understanding")
    shape = {"question": question, **{key: whole.pop(key) for key in first}, "answer": whole}
    shape["answer"] |= {key: shape[key] for key in ("corpus_version", "provider")}
    try:
        path.write_text(json.dumps(shape, ensure_ascii=False, indent=2), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"The evidence cannot be written to {path}: {error.strerror}.") from error


def retrieve(
    ctx: typer.Context,
    question: QuestionText,
    collection: Collection = "default",
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    filters: Filters = None,
    json_: AsJson = False,
) -> None:
    """Find the best passages for a question, with their scores in every lane.

    \b
    Examples:
      vedette retrieve "password hashing" -k 3
      vedette retrieve "CVE-2021-44228" --filter kind=kev --json
    """
    from vedette.records import Query
    from vedette.records_json import retrieval_json
    from vedette.web.config import check_question

    query = Query(check_question(question), collection, k, parse_filters(filters))
    with connected(ctx) as knowledge:
        found = knowledge.retrieve(query)
    if json_:
        print_json(retrieval_json(found))
    else:
        from vedette.cli.show import show_passages

        show_passages(stdout(), found)
    if not found.passages:
        stderr().print("Nothing found; `vedette collections` shows what there is to search.")
        raise typer.Exit(NOTHING_FOUND)
