"""How a worker reaches the server that answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fakes.door import Door, opened_door
from vedette.app_worker import reached
from vedette.errors import Unauthorized, Unreachable
from vedette.records import Access, Question
from vedette.settings import Settings, load

STUDENT = Access(("everyone",), "GREEN")


def far_from(door: Door, name: str, data: Path) -> Settings:
    """The settings of a worker elsewhere that has the key of NAME."""
    settings, key = load({}, data), door.key(name)["Authorization"].removeprefix("Bearer ")
    return replace(settings, questions=replace(settings.questions, server=str(door.http.base_url), server_key=key))


def test_the_key_has_to_be_an_admin_s(tmp_path: Path) -> None:
    """Else every question would be given up as one whose person may not ask it."""
    asked = Question("Why?", insist=True, patience_s=60)
    with opened_door(tmp_path) as door:
        with reached(far_from(door, "admin", tmp_path)) as knowledge:
            assert list(knowledge.seen_by(STUDENT).ask(asked))[-1].answer is not None
        with (
            pytest.raises(Unauthorized, match="an admin"),
            reached(far_from(door, "reader", tmp_path)) as knowledge,
        ):
            list(knowledge.seen_by(STUDENT).ask(asked))


def test_whoever_asks_is_not_told_where_the_server_is(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    away = replace(settings, questions=replace(settings.questions, server="http://127.0.0.1:9"))
    with pytest.raises(Unreachable, match="is away") as raised, reached(away) as knowledge:
        list(knowledge.seen_by(STUDENT).ask(Question("Why?")))
    assert "127.0.0.1" not in raised.value.message


def test_without_a_server_it_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="vedette serve") as raised, reached(load({}, tmp_path)):
        pass
    assert str(tmp_path) not in raised.value.message
