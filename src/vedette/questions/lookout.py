"""Which claims have lost their holder: those whose beat did not move through several looks in a row.

Looks are counted, not seconds: an onlooker that was suspended, or whose database was gone, has looked no more often
than before, and takes nobody for dead who could not beat meanwhile. No clock is read at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vedette.questions.contract import Held, Work


@dataclass(frozen=True, slots=True)
class Sighting:
    """A claim as it was first seen with this beat, and in how many looks after that it had not moved."""

    held: Held
    still: int = 0


Sightings = Mapping[tuple[str, Work], Sighting]


def look(before: Sightings, found: Iterable[Held]) -> Sightings:
    """What one more look saw.

    >>> one = Held("q", "answer", fence=1, beat=7, tries=1)
    >>> seen = look(look({}, [one]), [one])
    >>> seen["q", "answer"].still
    1
    """
    return {(held.id, held.work): _sighted(before.get((held.id, held.work)), held) for held in found}


def lost(seen: Sightings, looks: int) -> list[Held]:
    """The claims that stood still through so many looks."""
    return [one.held for one in seen.values() if one.still >= looks]


def _sighted(before: Sighting | None, held: Held) -> Sighting:
    unmoved = before is not None and (before.held.fence, before.held.beat) == (held.fence, held.beat)
    return Sighting(held, before.still + 1) if before is not None and unmoved else Sighting(held)
