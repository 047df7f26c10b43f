"""Names of hosts are read once, and are never those of another network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from fakes.networks import SMALL
from vedette.errors import NotFound
from vedette.records import Asset, Network, NetworkInfo
from vedette.services import Forecasting
from vedette.spread.namebooks import NameBooks
from vedette.spread.network import digest


@dataclass
class Shelf:
    """Networks that are listed and read; `between` happens after the list was given."""

    networks_: dict[str, Network] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    between: Callable[[], object] = lambda: None

    def networks(self) -> tuple[NetworkInfo, ...]:
        found = tuple(NetworkInfo(name, 0, 0, 0, 0, digest(one), "") for name, one in self.networks_.items())
        self.between()
        return found

    def network(self, name: str) -> Network:
        if name not in self.networks_:
            raise NotFound(name)
        self.read.append(name)
        return self.networks_[name]


def hosts(books: NameBooks, shelf: Shelf) -> dict[str, set[str]]:
    forecasting: Forecasting = shelf  # type: ignore[assignment]
    return {known.network: set(known.hosts.values()) for known in books.known(forecasting)}


def of(*names: str) -> Network:
    return replace(SMALL, assets=tuple(map(Asset, names)), links=())


@pytest.fixture
def shelf() -> Shelf:
    return Shelf({"office": of("web-1"), "plant": of("plc-1", "plc-2")})


def test_a_network_is_read_once(shelf: Shelf) -> None:
    books = NameBooks()
    for _ in range(3):
        assert hosts(books, shelf) == {"office": {"web-1"}, "plant": {"plc-1", "plc-2"}}
    assert shelf.read == ["office", "plant"]


def test_what_was_replaced_removed_or_is_no_longer_shared_is_not_told(shelf: Shelf) -> None:
    books = NameBooks()
    hosts(books, shelf)
    shelf.networks_["office"] = of("web-2")
    assert hosts(books, shelf)["office"] == {"web-2"}
    del shelf.networks_["office"]
    assert hosts(books, shelf) == {"plant": {"plc-1", "plc-2"}}
    assert hosts(books, Shelf()) == {}
    assert shelf.read == ["office", "plant", "office"]


def test_what_is_replaced_while_it_is_read_is_not_kept_as_the_old_one(shelf: Shelf) -> None:
    books, old, new = NameBooks(), of("web-1"), of("web-2")
    shelf.between = lambda: shelf.networks_.update(office=new)
    hosts(books, shelf)
    shelf.between, shelf.networks_["office"] = (lambda: None), old
    assert hosts(books, shelf)["office"] == {"web-1"}
    shelf.between = lambda: shelf.networks_.pop("office")
    shelf.networks_["office"] = of("web-3")
    assert set(hosts(books, shelf)) == {"plant"}


def test_the_one_not_asked_about_for_longest_goes_when_there_is_no_room(shelf: Shelf) -> None:
    books = NameBooks(most=3)
    hosts(books, shelf)
    hosts(books, Shelf({"office": shelf.networks_["office"]}))
    more = Shelf({"lab": of("a", "b"), "huge": of("a", "b", "c", "d")})
    hosts(books, more)
    shelf.read.clear()
    hosts(books, shelf)
    assert shelf.read == ["plant"]
    hosts(books, more)
    assert more.read == ["lab", "huge", "lab", "huge"]
