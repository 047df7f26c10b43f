"""Steps of the sample playbooks."""

from __future__ import annotations

import re

from fakes.passages import asked, example, page, wholes
from vedette.rag.steps import steps

RANSOMWARE = example("security/ir-playbooks/playbook-ransomware.md")
PHISHING = example("security/ir-playbooks/playbook-phishing.md")


def shown(question: str) -> list[str]:
    documents = {"phishing": PHISHING, "ransomware": RANSOMWARE}
    draft = steps(*asked(question, "incident"), wholes(documents), documents)
    assert draft is not None
    for span in draft.spans:
        assert documents[span.document].text[span.start : span.end] == span.quote
    return [line for line in draft.text.splitlines() if line]


def test_numbered_steps_of_the_playbook_that_fits_in_its_order() -> None:
    lines = shown("How do we respond to ransomware?")
    assert lines[0] == "**Playbook: Ransomware**"
    phases = [line for line in lines[1:] if line.startswith("**")]
    assert phases == [
        f"**{name}**" for name in ["Investigate", "Remediate", "Contain", "Eradicate", "Communicate", "Recover"]
    ]
    numbers = [int(line.split(".")[0]) for line in lines if line[0].isdigit()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert any("Quarantine infected systems" in line for line in lines)


def test_a_phase_of_the_question_stands_alone() -> None:
    lines = shown("We are hit by ransomware, how do we contain it?")
    assert [line for line in lines if line.startswith("**")] == ["**Playbook: Ransomware**", "**Contain**"]


def test_the_name_of_the_incident_chooses_the_playbook() -> None:
    assert shown("How do we handle a phishing incident?")[0] == "**Playbook: Phishing**"


def test_notes_to_self_and_open_ends_are_left_out() -> None:
    text = " ".join(shown("How do we respond to ransomware?"))
    assert "TODO" not in text
    assert not re.search(r": \[\d+\]", text)


def test_prose_without_phases_holds_no_steps() -> None:
    documents = {"d": page("# Notes\n\n- one thing to do\n- another thing to do\n")}
    assert steps(*asked("How do we respond?", "incident"), wholes(documents), documents) is None
