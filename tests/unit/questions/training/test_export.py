"""Training data: what stands in a line, what is left out of it, and what the manifest says of all of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from vedette.questions.training.export import keyed, manifest, training_lines
from vedette.questions.training.personal import redactor
from vedette.records import Answer, Claim, QueuedQuestion, Source, Submission

SECRET = keyed(b"a secret of 32 bytes or more, here")
REDACT = redactor(["Ana Gómez"], ["ana@ejemplo.es"])
SOURCE = Source(
    "s1", "d1", "Guía de Ana Gómez", "/home/ana/guia.md", 3, 10, 40, "Escriba a soc@ejemplo.es: use Argon2id.", 0.9
)
ANSWER = Answer(
    text="Use Argon2id [s1], dice Ana. Llame al 612 34 56 78 [s1].",
    refused=False,
    reason="",
    claims=(Claim("Use Argon2id.", "supported", ("s1",)),),
    sources=(SOURCE,),
    provider="llm",
    corpus_version=7,
    timings_ms={"total": 5.0},
)
REFUSAL = replace(ANSWER, text="", refused=True, reason="Los documentos no tratan de Ana Gómez.", sources=(), claims=())
QUESTION = QueuedQuestion(
    id="f" * 32,
    person="person-1",
    number=1,
    submission=Submission(
        "Soy Ana, ana@ejemplo.es: ¿cómo guardo las contraseñas de CVE-2021-44228?",
        language="es",
        training=True,
        subject="Ana pregunta",
        key="ana-1",
        thread=("<1@ejemplo.es>",),
    ),
    state="answered",
    asked="2026-11-21T10:11:12+00:00",
    answered="2026-11-21T10:12:00+00:00",
    answer=ANSWER,
    thumb="down",
    thumb_reason="Ana Gómez ya no está",
)


def lines(*questions: QueuedQuestion) -> list[dict[str, Any]]:
    return [json.loads(line) for line in training_lines(questions, REDACT, SECRET)]


def test_an_example_has_its_sources_question_and_answer_without_personal_data() -> None:
    (example,) = lines(QUESTION)
    system, user, assistant = example["messages"]
    assert [one["role"] for one in example["messages"]] == ["system", "user", "assistant"]
    assert system["content"].endswith("[s1] Guía de [NAME]\nEscriba a [EMAIL]: use Argon2id.")
    assert user["content"] == "Soy [NAME], [EMAIL]: ¿cómo guardo las contraseñas de CVE-2021-44228?"
    assert assistant["content"] == "Use Argon2id [s1], dice [NAME]. Llame al [PHONE] [s1]."
    assert example["feedback"] == {"thumb": "down", "reason": "[NAME] ya no está"}
    assert (example["language"], example["corpus_version"], example["provider"]) == ("es", 7, "llm")
    assert (example["asked"], example["refused"]) == ("2026-11-21", False)


def test_nothing_in_a_line_leads_to_who_asked() -> None:
    (line,) = training_lines([QUESTION], REDACT, SECRET)
    for known in ("Ana", "ana", "person-1", "f" * 32, "10:11", "612", "ejemplo.es", "home"):
        assert known not in line, known
    assert "\n" not in line


def test_only_those_that_were_agreed_to_and_answered_are_there() -> None:
    refused = replace(QUESTION, submission=replace(QUESTION.submission, training=False))
    waiting = replace(QUESTION, state="waiting", answer=None)
    # A question that was put back into the line still has its old answer.
    again = replace(QUESTION, state="answering")
    dead = replace(QUESTION, state="dead", reason="timeout")
    assert lines(refused, waiting, again, dead, replace(QUESTION, answer=None)) == []
    assert len(lines(refused, QUESTION)) == 1


def test_a_refusal_is_marked_and_teaches_to_refuse() -> None:
    (example,) = lines(replace(QUESTION, answer=REFUSAL))
    system, _, assistant = example["messages"]
    assert assistant["content"] == "Los documentos no tratan de [NAME]."
    assert (example["refused"], example["sources"]) == (True, [])
    assert "no sources" in system["content"]


def test_a_line_is_found_again_by_the_secret_alone() -> None:
    (example,) = lines(QUESTION)
    assert example["id"] == SECRET(QUESTION.id) != keyed(b"another secret")(QUESTION.id)
    assert lines(replace(QUESTION, id="e" * 32))[0]["id"] != example["id"]


def test_a_question_that_goes_on_from_another_names_its_line() -> None:
    next_one = replace(QUESTION, id="e" * 32, submission=replace(QUESTION.submission, follows=QUESTION.id))
    first, second = lines(QUESTION, next_one)
    assert (first["follows"], second["follows"]) == ("", first["id"])


def test_the_manifest_counts_and_seals_the_lines() -> None:
    made = list(training_lines([QUESTION, replace(QUESTION, answer=REFUSAL, thumb="up")], REDACT, SECRET))
    told = json.loads(manifest((f"{line}\n" for line in made), {"networks": False}))
    assert told == json.loads(manifest(made, {"networks": False}))
    written = "".join(f"{line}\n" for line in made)
    assert told["sha256"] == hashlib.sha256(written.encode()).hexdigest()
    assert (told["examples"], told["refused"], told["corpus_versions"]) == (2, 1, [7])
    assert (told["language"], told["feedback"]) == ({"es": 2}, {"down": 1, "up": 1})
    # Four names in the first example, with that of the source, three in the other, which has none.
    assert told["removed"] == {"EMAIL": 3, "NAME": 7, "PHONE": 1}
    assert told["settings"] == {"networks": False}
    assert json.loads(manifest([], {}))["examples"] == 0
