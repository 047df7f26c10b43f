"""Steps of the sample playbooks."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from fakes.passages import asked, example, page, wholes
from vedette.rag.answer.steps import steps, wants_steps
from vedette.rag.embed import OnnxEmbedder

RANSOMWARE = example("security/ir-playbooks/playbook-ransomware.md")
PHISHING = example("security/ir-playbooks/playbook-phishing.md")
Shown = Callable[[str], list[str]]


@pytest.fixture
def shown(packaged_embedder: OnnxEmbedder) -> Shown:
    def show(question: str) -> list[str]:
        documents = {"phishing": PHISHING, "ransomware": RANSOMWARE}
        draft = steps(*asked(question, "incident"), wholes(documents), documents, packaged_embedder.embed)
        assert draft is not None
        for span in draft.spans:
            assert documents[span.document].text[span.start : span.end] == span.quote
        return [line for line in draft.text.splitlines() if line]

    return show


def test_numbered_steps_of_the_playbook_that_fits_in_its_order(shown: Shown) -> None:
    lines = shown("How do we respond to ransomware?")
    assert lines[0] == "**Playbook: Ransomware**"
    phases = [line for line in lines[1:] if line.startswith("**")]
    assert phases == [
        f"**{name}**" for name in ["Investigate", "Remediate", "Contain", "Eradicate", "Communicate", "Recover"]
    ]
    numbers = [int(line.split(".")[0]) for line in lines if line[0].isdigit()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert any("Quarantine infected systems" in line for line in lines)


def test_a_phase_of_the_question_stands_alone(shown: Shown) -> None:
    lines = shown("We are hit by ransomware, how do we contain it?")
    assert [line for line in lines if line.startswith("**")] == ["**Playbook: Ransomware**", "**Contain**"]


def test_the_name_of_the_incident_chooses_the_playbook(shown: Shown) -> None:
    assert shown("How do we handle a phishing incident?")[0] == "**Playbook: Phishing**"


def test_notes_to_self_and_open_ends_are_left_out(shown: Shown) -> None:
    text = " ".join(shown("How do we respond to ransomware?"))
    assert "TODO" not in text
    assert not re.search(r": \[\d+\]", text)


def test_prose_without_phases_holds_no_steps(packaged_embedder: OnnxEmbedder) -> None:
    documents = {"d": page("# Notes\n\n- one thing to do\n- another thing to do\n")}
    question = asked("How do we respond?", "incident")
    assert steps(*question, wholes(documents), documents, packaged_embedder.embed) is None


def test_whom_to_tell_is_the_phase_of_communication(shown: Shown) -> None:
    lines = shown("Who should be contacted during a ransomware incident?")
    assert [line for line in lines if line.startswith("**")] == ["**Playbook: Ransomware**", "**Communicate**"]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Our website has been defaced, help!", True),
        ("We found ransomware on a file server, what now?", True),
        ("hemos sufrido un ataque, ¿qué hacemos?", True),
        ("How do I handle file uploads securely?", False),
        ("Should I pay the ransom?", False),
        ("When was the incident reported?", False),
    ],
)
def test_who_tells_of_an_incident_wants_steps(question: str, wanted: bool) -> None:
    assert wants_steps(question, asked(question, "incident")[1]) is wanted
