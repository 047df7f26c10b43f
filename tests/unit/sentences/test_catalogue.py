"""Every sentence in every language, none written anywhere else, and each known again by its form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vedette.sentences.catalogue import LANGUAGES, LONGEST, Template, catalogue, listed, say, translated, understood

SOURCE = Path(__file__).parents[3] / "src" / "vedette"
SPREAD = sorted((SOURCE / "spread").rglob("*.py"))
SAYING, ERRORS = {"say", "counted"}, {"BadInput", "NotFound", "Conflict", "TooLarge"}
KEYS = sorted(catalogue())
# Other texts of spread: what chats answer has its own page of phrases, and jobs that fail tell errors.
ELSEWHERE = {"words.py", "jobs.py", "store.py", "drift.py", "__main__.py"}
EXAMPLES = {"": "web-1", "list": "web-1, db-1", "number": "1,234.5", "said": "intruder"}

names = some.from_regex(r"[A-Za-z0-9][\w.:-]{0,11}", fullmatch=True)
numbers = some.one_of(
    some.integers(-9, 10**7).map("{:,}".format),
    some.floats(0, 1e6).map("{:.2g}".format),
    some.floats(0, 1e4).map("{:.1f}".format),
)
VALUES = {"": names, "list": some.lists(names, min_size=1, max_size=4).map(", ".join), "number": numbers}


def test_every_sentence_has_every_language() -> None:
    for key, template in catalogue().items():
        assert set(template.texts) == set(LANGUAGES), key
        for language, text in template.texts.items():
            assert set(re.findall(r"\{([^}]*)\}", text)) == set(template.holes), (key, language)
            assert text[-1] == template.texts["en"][-1] or not template.texts["en"].endswith("."), (key, language)
        assert template.texts["es"] != template.texts["en"] != template.texts["fr"], key
        assert set(template.holes.values()) <= set(EXAMPLES), key


def test_an_unknown_key_or_a_missing_value_is_refused() -> None:
    with pytest.raises(KeyError):
        say("lever.pray")
    with pytest.raises(KeyError):
        say("lever.patch", cve="CVE-2021-44228")


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """(where, key with * for what is put into it, names of the values or None where they are not all written down)"""
    for path in SPREAD:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            given, of = list(node.args), node.func
            part = isinstance(of, ast.Name) and of.id == "partial" and isinstance(given[0], ast.Name)
            if part:
                of = given.pop(0)
            if isinstance(of, ast.Name) and of.id in SAYING:
                values = None if part or any(word.arg is None for word in node.keywords) else {
                    str(word.arg) for word in node.keywords
                }  # fmt: skip
                yield f"{path.name}:{node.lineno}", written(given[0]) + (".*" if of.id == "counted" else ""), values


def written(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(part.value if isinstance(part, ast.Constant) else "*" for part in parts)  # type: ignore[misc]


def test_whatever_is_said_is_in_the_catalogue_and_whatever_is_in_it_is_said() -> None:
    said: set[str] = {"more"}
    for where, key, values in calls():
        assert key.strip("*."), f"{where}: the key is not to be seen"
        meant = [one for one in KEYS if re.fullmatch(re.escape(key).replace(r"\*", ".+"), one)]
        assert meant, f"{where}: there is no sentence {key!r}"
        for one in meant if values is not None else []:
            assert set(catalogue()[one].holes) - {"count"} == values, f"{where}: {one}"
        said |= set(meant)
    assert said == set(KEYS)


def loose(path: Path) -> Iterator[str]:
    """Sentences in the code that are neither said, nor those of errors, nor docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed: set[int] = set()
    for node in ast.walk(tree):
        kept = isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        if isinstance(node, ast.Call):
            kept = isinstance(node.func, ast.Name) and node.func.id in SAYING | ERRORS
        if kept:
            passed |= {id(inside) for inside in ast.walk(node) if isinstance(inside, ast.Constant | ast.JoinedStr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in passed:
            text = written(node) if isinstance(node, ast.JoinedStr) else node.value
            if isinstance(text, str) and re.search(r"\w+ \w+ .*\.$", text):
                yield f"{path.name}:{node.lineno}: {text}"


@pytest.mark.parametrize("path", [path for path in SPREAD if path.name not in ELSEWHERE], ids=lambda path: path.stem)
def test_no_sentence_is_written_in_the_code(path: Path) -> None:
    # "Network acme: …" in chat.py is the text of a source, which is quoted and not translated.
    assert [
        one for one in loose(path) if "SHA-256" not in one and "did you mean" not in one and "add it" not in one
    ] == []


@pytest.mark.parametrize("key", KEYS)
def test_no_two_sentences_have_one_form(key: str) -> None:
    template = catalogue()[key]
    sentence = template.filled("en", {name: EXAMPLES[kind] for name, kind in template.holes.items()})
    assert [one.key for one in catalogue().values() if one.pattern.fullmatch(sentence)] == [key]


def back(template: Template, language: str, sentence: str) -> str | None:
    """The English of a translation, with the values that stand in it."""
    form = re.escape(template.texts[language])
    for name in template.holes:
        form = form.replace(rf"\{{{name}\}}", f"(?P<{name}>.+?)")
    found = re.fullmatch(form, sentence)
    return template.filled("en", found.groupdict()) if found else None


@given(some.data())
def test_values_survive_the_way_there_and_back(data: some.DataObject) -> None:
    template = catalogue()[data.draw(some.sampled_from([key for key in KEYS if key != "more"]))]
    values = {name: data.draw(VALUES.get(kind, names)) for name, kind in template.holes.items()}
    sentence = say(template.key, **values)
    assert understood(sentence) == (template, values)
    for language in ("es", "fr"):
        told = translated(sentence, language)
        assert told == template.filled(language, values) != sentence
        assert back(template, language, told) == sentence


def test_lists_and_sentences_inside_sentences_are_translated() -> None:
    many = say("begin.any", hosts=listed([f"h{number}" for number in range(1200)], 2))
    assert translated(many, "es") == "Compromiso inicial, día 0: h0, h1 y 1,198 más."
    why = say("history.left_out", why=say("history.cleaned_before", host="db-1"))
    assert translated(why, "fr").endswith("db-1 aurait été nettoyé avant d’être compromis ; corrigez l’incident.")
    both = "; ".join((say("backtest.why.ratio", most="0.98"), say("backtest.why.baseline")))
    told = say("backtest.not_better", model="a", champion="b", ratio="1.2", low="1.1", high="1.3", why=both)
    assert translated(told, "es").endswith(
        "; no está por debajo de 0.98; es una referencia, que queda siempre junto a los demás."
    )


def test_what_is_not_known_stays_as_it_is() -> None:
    for text in ("", "Our own remark.", "edr", "KEV", "Isolating " + "x" * LONGEST + " today: 1 hosts fewer (± 1)."):
        assert translated(text, "es") == text
    assert translated(say("rates.prior"), "de") == translated(say("rates.prior"), "en") == say("rates.prior")
    # A host may be called what it likes: only how many more there are is said in words.
    assert translated(say("begin.any", hosts="intruder, plain"), "es").endswith(": intruder, plain.")
