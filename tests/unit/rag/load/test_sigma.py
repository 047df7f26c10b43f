"""Sigma rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.rag.load import security
from vedette.records import Document, Failure

SAMPLES = sorted((Path(__file__).parents[4] / "examples/security/sigma").glob("*.yml"))

RULE = r"""
title: Scheduled Task
id: F2C64357-b1d2-41b7-849f-34d2682c0fad
status: test
description: Detects tasks.
author: Florian Roth
date: 2022-02-23
tags: [attack.execution, attack.t1053.005, cve.2021-44228]
logsource: {product: windows, category: process_creation}
detection:
    selection:
        Image|endswith: '\schtasks.exe'
        CommandLine|contains|all: ['/Create ', no]
    keywords: [evil, bad]
    other:
        - EventID: 4104
        - User|re: '^x.*'
    condition: selection and not keywords
falsepositives: [Admins]
level: high
"""


def test_a_rule_reads_like_a_page() -> None:
    (one,) = security.read_yaml(RULE.encode(), "task.yml")
    assert isinstance(one, Document)
    assert (one.source, one.title, one.kind) == ("task.yml", "Scheduled Task", "sigma")
    assert one.identifiers == ("f2c64357-b1d2-41b7-849f-34d2682c0fad",)
    assert one.text == (
        "Scheduled Task\n\nDetects tasks.\n\n"
        "Rule: f2c64357-b1d2-41b7-849f-34d2682c0fad\nLevel: high\nStatus: test\nAuthor: Florian Roth\n"
        "Date: 2022-02-23\nATT&CK: T1053.005\nTactics: Execution\nCVE: CVE-2021-44228\n"
        "Log source: product windows, category process_creation\n\n"
        'Detection\n\n- selection: Image ends with \\schtasks.exe; CommandLine contains "/Create " and no\n'
        "- keywords: evil, bad\n- other: EventID is 4104 or User matches ^x.*\n\n"
        "Condition: selection and not keywords\n\nFalse positives\n\n- Admins"
    )
    assert one.metadata["attack"] == ("T1053.005",)
    assert one.metadata["level"] == "high"


def test_several_rules_in_a_file() -> None:
    other = RULE.replace("F2C64357", "00000000")
    found = list(security.read_yaml(f"{RULE}\n---\n{other}\n---\ntitle: []\ndetection: {{}}\n".encode(), "all.yml"))
    assert [one.source for one in found if isinstance(one, Document)] == [
        "all.yml#f2c64357-b1d2-41b7-849f-34d2682c0fad",
        "all.yml#00000000-b1d2-41b7-849f-34d2682c0fad",
    ]
    assert [one.reason for one in found if isinstance(one, Failure)] == [
        "Record number 3 is garbled: it lacks 'title'; correct it and ingest the file again."
    ]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem[:40])
def test_every_sample_shows_its_author(path: Path) -> None:
    (one,) = security.read_yaml(path.read_bytes(), path.name)
    assert isinstance(one, Document)
    assert f"\nAuthor: {one.metadata['author']}\n" in one.text
    assert one.metadata["author"]
    assert "\nDetection\n" in one.text
    assert "\nCondition: " in one.text
