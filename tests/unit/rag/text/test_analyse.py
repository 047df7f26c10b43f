"""The analysis that documents and questions share, and its two halves of BM25."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.rag.text import analyse
from vedette.rag.text.languages import detect_language, stop_words


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cve-2021–44228", "CVE-2021-44228"),
        ("t1110/003", "T1110.003"),
        ("evil[.]example[.]com", "evil.example.com"),
        ("198.51.100[.]7", "198.51.100.7"),
    ],
)
def test_an_identifier_is_one_term_however_it_is_typed(written: str, meant: str) -> None:
    assert meant.casefold() in analyse.terms(f"Seen: {written}.", "en")
    assert analyse.terms(written, "en") == analyse.terms(meant, "en")


def test_a_file_name_is_a_term_as_a_whole_and_in_its_parts() -> None:
    assert analyse.terms("mshta.exe", "en") == ["mshta.exe", "mshta", "exe"]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "vulnerabilities", "vulnerability"),
        ("es", "inyección", "inyeccion"),
        ("fr", "sécurisées", "securisees"),
        ("de", "Häuser", "haus"),
        ("pt", "configurações", "configuracoes"),
        ("tr", "kitaplar", "kitap"),
        ("ru", "пароли", "пароля"),
    ],
)
def test_forms_of_a_word_share_a_term(language: str, one: str, other: str) -> None:
    assert analyse.terms(one, language) == analyse.terms(other, language) != []


def test_accents_that_make_another_word_stay() -> None:
    assert analyse.terms("má", "vi") != analyse.terms("ma", "vi")


def test_vowel_signs_do_not_cut_a_word() -> None:
    assert len(analyse.terms("हिन्दी", "hi")) == 1


def test_scripts_without_spaces_give_overlapping_pairs() -> None:
    assert analyse.terms("密码学", "zh") == ["密码", "码学"]
    assert set(analyse.terms("密码", "zh")) < set(analyse.terms("密码学", "zh"))


def test_function_words_are_left_out_in_the_language_of_the_text_alone() -> None:
    assert analyse.terms("the die", "en") == ["die"]
    assert analyse.terms("the die", "de") == ["the"]


def test_a_question_is_looked_up_in_every_language_of_the_corpus() -> None:
    both = analyse.query_terms("vulnerabilidades", "es", ["es", "en"])
    assert set(both) == set(analyse.terms("vulnerabilidades", "es")) | set(analyse.terms("vulnerabilidades", "en"))


def test_a_word_said_four_times_weighs_twice() -> None:
    assert analyse.query_terms("hash " * 4, "en", ["en"]) == {"hash": 2.0}


def test_the_two_halves_multiply_to_bm25() -> None:
    chunks = [analyse.terms(text, "en") for text in ("hash a password", "hash the hash of a file", "reset a router")]
    asked = analyse.query_terms("hash of a password", "en", ["en"])
    frequencies = np.array([sum(term in chunk for chunk in chunks) for term in asked], dtype=np.float64)
    query = analyse.sparse_query(asked, frequencies, len(chunks))
    documents = [analyse.sparse_document(chunk) for chunk in chunks]
    for chunk, document, matched in zip(chunks, documents, analyse.matches(query, documents), strict=True):
        weights = dict(zip(document.indices.tolist(), document.values.tolist(), strict=True))
        dot = sum(weights.get(i, 0.0) * v for i, v in zip(query.indices.tolist(), query.values.tolist(), strict=True))
        assert dot == pytest.approx(_bm25(asked, chunk, chunks), rel=1e-5)
        assert matched.sum() == pytest.approx(dot, rel=1e-5)
        assert np.count_nonzero(matched) == len(set(chunk) & set(asked))


def test_a_question_of_which_the_library_holds_no_word_matches_nothing() -> None:
    nothing = analyse.sparse_query({}, np.zeros(0), 5)
    assert analyse.matches(nothing, [analyse.sparse_document(["hash"])]).shape == (1, 0)
    assert analyse.matches(nothing, []).shape == (0, 0)


def _bm25(asked: dict[str, float], chunk: list[str], chunks: list[list[str]]) -> float:
    """Straight from the paper."""
    score = 0.0
    for term, weight in asked.items():
        n, tf = sum(term in other for other in chunks), Counter(chunk)[term]
        idf = math.log(1 + (len(chunks) - n + 0.5) / (n + 0.5))
        norm = analyse.K1 * (1 - analyse.B + analyse.B * len(chunk) / analyse.MEAN_LENGTH)
        score += weight * idf * tf * (analyse.K1 + 1) / (tf + norm)
    return score


def test_empty_texts_have_empty_vectors() -> None:
    assert len(analyse.sparse_document(analyse.terms("…", "en")).indices) == 0
    assert len(analyse.sparse_query({}, np.zeros(0), 5).indices) == 0


@given(st.text(max_size=300))
def test_any_text_gives_terms_and_a_vector_of_unique_ids(text: str) -> None:
    found = analyse.terms(text, detect_language(text))
    vector = analyse.sparse_document(found)
    assert all(found)
    assert len(set(vector.indices.tolist())) == len(vector.indices) == len(vector.values)
    assert np.all(vector.values > 0)
    analyse.subjects_asked(text)
    analyse.query_terms(text, "en", ["en", "es"])


@pytest.mark.parametrize(
    "name", ["Web Shells", "T1110.003", "Process Injection: Asynchronous Procedure Call", "APT-C-36"]
)
def test_a_question_finds_the_key_of_what_it_names(name: str) -> None:
    key = analyse.subject_key(name)
    assert key
    start, end = analyse.subjects_asked(f"¿Qué es {name}, exactly?")[key]
    assert f"¿Qué es {name}, exactly?"[start:end] == name


def test_a_sentence_is_no_name() -> None:
    assert analyse.subject_key("an attacker sends a very long line to the host and waits") == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What must I do about this by Monday?", "en"),
        ("¿Cómo se guardan las contraseñas?", "es"),
        ("Comment faut-il conserver les mots de passe ?", "fr"),
        ("Wie soll ich Passwörter speichern?", "de"),
        ("Como devo guardar as senhas dos usuários?", "pt"),
        ("Come devono essere conservate le password degli utenti?", "it"),
        ("Hoe moeten wij de wachtwoorden bewaren?", "nl"),
        ("Πώς αποθηκεύω κωδικούς;", "el"),
        ("كيف أخزن كلمات المرور؟", "ar"),
        ("どうやって保存しますか", "ja"),
        ("如何保存密码", "zh"),
        ("비밀번호를 어떻게 저장합니까", "ko"),
    ],
)
def test_the_language_of_a_question(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["COM Object Hijacking via TreatAs", "N-terminal cleavage", "kerberoasting", "", "42"])
def test_terms_of_art_leave_the_default(text: str) -> None:
    assert detect_language(text, default="en") == "en"


def test_no_list_of_function_words_is_empty() -> None:
    assert all(len(stop_words(code)) > 30 for code in ("en", "es", "fr", "de", "pt", "it"))


def test_context_keeps_length_and_leans_towards_the_document() -> None:
    generator = np.random.default_rng(7)
    vectors = generator.normal(size=(5, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    leaning = analyse.in_context(vectors)
    mean = vectors.mean(axis=0)
    assert np.allclose(np.linalg.norm(leaning, axis=1), 1.0, atol=1e-5)
    assert np.all(leaning @ mean > vectors @ mean)
    assert np.all((leaning * vectors).sum(axis=1) > 0.8)
    assert np.array_equal(analyse.in_context(vectors[:1]), vectors[:1])
