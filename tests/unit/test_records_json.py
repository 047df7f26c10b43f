"""JSON that does not fit a record is refused in one sentence that names the place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakes.knowledge import ANSWER, PASSAGE, REFUSAL, REPORT, STORED
from vedette.errors import BadInput
from vedette.records import Claim, DocumentInfo, IngestReport, LineBox
from vedette.records_json import (
    answer_from_json,
    answer_json,
    decode,
    document_from_json,
    document_json,
    encode,
    passage_from_json,
    passage_json,
)


def through(data: Any) -> Any:
    return json.loads(json.dumps(data))


def test_shapes_come_back_the_same() -> None:
    assert answer_from_json(through(answer_json(ANSWER, evidence=True))) == ANSWER
    assert answer_from_json(through(answer_json(REFUSAL))) == REFUSAL
    assert passage_from_json(through(passage_json(PASSAGE))) == PASSAGE
    assert document_from_json(through(document_json(STORED))) == STORED
    assert decode(IngestReport, through(encode(REPORT))) == REPORT
    box = LineBox(1, 0, 5, (0.0, 1.5, 2.0, 3.0))
    assert decode(LineBox, through(encode(box))) == box


def test_the_ingest_report_has_the_face_of_the_contract() -> None:
    shape = encode(REPORT)
    assert {"documents", "chunks", "skipped", "failed", "seconds", "removed", "corpus_version"} <= set(shape)
    assert set(shape["failed"][0]) == {"path", "page", "reason"}


@pytest.mark.parametrize(
    ("kind", "data", "word"),
    [
        (Claim, {"text": "a", "support": "maybe", "sources": []}, "Claim.support"),
        (Claim, {"text": "a", "support": "weak"}, "sources"),
        (Claim, {"text": 1, "support": "weak", "sources": []}, "Claim.text"),
        (Claim, {"text": "a", "support": "weak", "sources": "s1"}, "Claim.sources"),
        (Claim, {"text": "a", "support": "weak", "sources": [None]}, r"Claim.sources\[0\]"),
        (Claim, [], "Claim"),
        (DocumentInfo, {"pages": True}, "DocumentInfo.pages"),
        (LineBox, {"page": 1, "start": 0, "end": 1, "box": [1.0]}, "LineBox.box"),
        (LineBox, {"page": 1, "start": 0, "end": 1, "box": [1.0, 2.0, 3.0, "x"]}, "LineBox.box"),
        (IngestReport, {"failed": [{"path": "a", "reason": "b", "page": "c"}]}, "page"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(kind: type, data: Any, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        decode(kind, data)
