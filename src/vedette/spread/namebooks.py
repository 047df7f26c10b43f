"""The names of hosts in networks, kept between questions: a network of 100,000 hosts takes seconds to read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping

from vedette.errors import NotFound
from vedette.records import NetworkInfo
from vedette.services import Forecasting
from vedette.spread.asked import Known
from vedette.spread.network import digest, names

MOST_NAMES = 500_000
"""As many names are kept, some 60 MB; those of the networks that were not asked about for longest go first."""


class NameBooks:
    """Names of hosts by the digest of their network: another network has another digest, so that nothing kept is ever
    out of date, and only digests of what the caller may read now are looked up. May be used by many threads."""

    def __init__(self, most: int = MOST_NAMES) -> None:
        self._most = most
        self._kept: OrderedDict[str, Mapping[str, str]] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, forecasting: Forecasting) -> Iterator[Known]:
        """The networks that the caller of `forecasting` may read, with the names of their hosts."""
        for info in forecasting.networks():
            found = self._found(info.digest)
            if found is None:
                try:
                    found = self._read(forecasting, info)
                except NotFound:  # removed, or no longer shared, since it was listed
                    continue
            yield Known(info.name, found)

    def _found(self, key: str) -> Mapping[str, str] | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _read(self, forecasting: Forecasting, info: NetworkInfo) -> Mapping[str, str]:
        network = forecasting.network(info.name)
        found = names(network.assets)
        if len(found) <= self._most and digest(network) == info.digest:  # not replaced since it was listed
            with self._lock:
                self._kept[info.digest] = found
                while sum(map(len, self._kept.values())) > self._most:
                    self._kept.popitem(last=False)
        return found
