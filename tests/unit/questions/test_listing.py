"""Lists of one's own questions, as the page shows them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fakes.queue import ANA, BOB, opened
from vedette.questions.service import LocalQuestions, Rules
from vedette.records import Answer, Asker, Submission
from vedette.services import Knowledge


def _unseen(_: Knowledge) -> Callable[[Answer], Answer]:
    raise AssertionError("No knowledge is asked.")


def test_what_waits_is_listed_with_its_place(tmp_path: Path) -> None:
    seconds = itertools.count()
    with opened(f"sqlite:///{tmp_path / 'people.db'}") as store:
        line = LocalQuestions(
            store,
            Rules(),
            lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(seconds)),
            lambda: uuid.uuid4().hex,
            _unseen,
        )
        first, second, third = (line.submit(Asker(ANA), Submission(text)) for text in ("One?", "Two?", "Three?"))
        line.submit(Asker(BOB), Submission("His?"))
        line.cancel(ANA, second.id)
        assert store.claim("worker") is not None
        listed = {one.id: one.place for one in line.list(ANA)}
    assert listed == {first.id: 0, second.id: 0, third.id: 2}
