"""Questions in Spanish and French as the words of English documents."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from vedette.rag.understand.gloss import as_written, gloss, in_words_of_documents, worded
from vedette.rag.understand.intent import read_question
from vedette.records import Question, Understanding


def read(question: str, documents: tuple[str, ...] = ("en",)) -> Understanding:
    return worded(question, read_question(question, documents[0]), documents)


@pytest.mark.parametrize(
    ("text", "language", "english"),
    [
        ("¿Qué es la suplantación de identidad?", "es", "what is phishing?"),
        ("escalada de privilegios", "es", "privilege escalation"),
        ("¿Cómo se protegen las copias de seguridad?", "es", "how to protect backups?"),
        ("Comment protéger les sauvegardes ?", "fr", "how protect backups ?"),
        ("Qu'est-ce que l'authentification à deux facteurs ?", "fr", "what is multifactor authentication ?"),
    ],
)
def test_the_longest_term_is_read(text: str, language: str, english: str) -> None:
    assert gloss(text, language).text == english
    assert gloss(text, language).read == 1.0


@pytest.mark.parametrize(
    ("forms", "language", "english"),
    [
        ("detecto detectas detectaron detectando detectada", "es", "detect"),
        ("cortafuegos", "es", "firewall"),
        ("effacer efface effacent", "fr", "delete"),
        ("vulnerabilidad vulnerabilidades", "es", "vulnerability"),
    ],
)
def test_inflected_forms_are_found_by_their_stem(forms: str, language: str, english: str) -> None:
    assert {gloss(form, language).text for form in forms.split()} == {english}


def test_accents_may_be_left_out() -> None:
    assert gloss("como guardo contrasenas", "es").text == gloss("cómo guardo contraseñas", "es").text


def test_names_and_identifiers_stay() -> None:
    text = "¿Cómo detecto T1059.001, CVE-2021-44228, mshta.exe, SHA-1 y Mimikatz en Active Directory?"
    found = gloss(text, "es")
    for name in ("T1059.001", "CVE-2021-44228", "mshta.exe", "SHA-1", "Mimikatz", "Active Directory"):
        assert name in found.text
    assert found.read == 1.0


def test_unknown_words_stay_and_count_against_reading() -> None:
    found = gloss("¿Cómo cifro una paella valenciana?", "es")
    assert found.text == "how encrypt paella valenciana?"
    assert found.read == pytest.approx(1 / 3)
    assert not read("¿Cómo cifro una paella valenciana?").wording


@pytest.mark.parametrize(
    "question",
    [
        "How are passwords stored?",
        "password policy",
        "phishing",
        "access control",
        "what is a DLL",
        "port scan detection",
    ],
)
def test_english_stays_as_it_is(question: str) -> None:
    assert read(question) == read_question(question, "en")


@pytest.mark.parametrize("documents", [("es",), ("es", "en"), ("en", "es"), ("de",), ()])
def test_only_documents_in_english_alone_need_it(documents: tuple[str, ...]) -> None:
    question = "¿Cómo se protegen las copias de seguridad?"
    asked = read_question(question, "es")
    assert worded(question, asked, documents) == asked


@pytest.mark.parametrize(
    ("question", "language"), [("copias de seguridad", "es"), ("gestión de sesiones", "es"), ("déni de service", "fr")]
)
def test_few_words_are_told_by_the_glossary_that_reads_them(question: str, language: str) -> None:
    assert read_question(question).language == "en"
    assert read(question).language == language
    assert read(question).wording


def test_the_words_of_the_documents_take_the_place_of_the_question() -> None:
    question = Question("¿Qué mitiga T1110?", "default")
    asked, understood = in_words_of_documents(question, read(question.text))
    assert asked.text == "what mitigate T1110?"
    assert [asked.text[one.start : one.end] for one in understood.identifiers] == ["T1110"]
    assert understood.language == "en"


def test_a_word_that_is_missing_is_told_as_it_was_written() -> None:
    assert as_written("firewall", "¿Cómo configuro el cortafuegos?", "es") == "cortafuegos"
    assert as_written("paella", "¿Cómo cifro una paella?", "es") == "paella"


@pytest.mark.parametrize("language", ["es", "fr"])
def test_no_term_stands_twice(language: str) -> None:
    text = files("vedette.rag.understand").joinpath("glossary", f"{language}.toml").read_text(encoding="utf-8")
    forms = [form for entries in tomllib.loads(text).values() for said in entries.values() for form in said.split(", ")]
    assert len(forms) > 2500
    assert len(forms) == len(set(forms))


def test_french_that_looks_like_spanish_is_read_as_french() -> None:
    assert read_question("Que faire en cas de rançongiciel ?").language == "es"
    assert read("Que faire en cas de rançongiciel ?").wording == "what should we do in case of ransomware ?"
