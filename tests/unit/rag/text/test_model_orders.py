"""A pattern is only tried where what it needs stands in the text: nothing that it finds is missed by that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.rag.text.model_orders import _ORDERS, orders_in

EXAMPLES = Path(__file__).parents[4] / "examples"
EVERY = re.compile("|".join(f"(?:{pattern})" for _, pattern in _ORDERS), re.IGNORECASE)


@pytest.mark.parametrize(("holds", "pattern"), _ORDERS, ids=range(len(_ORDERS)))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_pattern_finds_holds_what_it_needs(holds: tuple[str, ...], pattern: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(re.compile(pattern, re.IGNORECASE)))
    assert any(piece in text.casefold() for piece in holds)
    assert orders_in(text) == [match.span() for match in EVERY.finditer(text)]


def test_the_same_is_found_in_the_sample_library_as_by_all_patterns() -> None:
    found = 0
    for path in sorted(EXAMPLES.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        spans = orders_in(text)
        assert spans == [match.span() for match in EVERY.finditer(text)]
        found += len(spans)
    assert found > 0
