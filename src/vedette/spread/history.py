"""Histories: incidents of past outbreaks, and whether they can be true of a network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from vedette.errors import BadInput
from vedette.records import Incident, Network
from vedette.sentences.catalogue import counted, say
from vedette.spread.formats import attributes, own, tables
from vedette.spread.network import Names

_NAMES = {
    "host": ("host", "asset", "id", "name", "address", "ip"),
    "day": ("day", "time", "date", "compromised", "detected", "first_seen"),
    "outbreak": ("outbreak", "campaign", "incident", "case"),
    "cleaned": ("cleaned", "recovered", "closed", "clean"),
}
_MOST_DAYS = 36_525.0


@dataclass(frozen=True, slots=True)
class History:
    """Incidents in the order of (outbreak, day, host), and sentences on what was taken for granted."""

    incidents: tuple[Incident, ...]
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Loose:
    """An incident whose times are days or moments (`moments`)."""

    where: str
    host: str
    outbreak: str
    day: float
    cleaned: float | None
    moments: bool


def read_incidents(files: Mapping[str, bytes], network: Network) -> History:
    """The history in some files: CSV with the columns host, day and perhaps outbreak and cleaned, or JSON of the same
    (a list, or {"incidents": [...]}). Times are days since the outbreak's first incident, or dates and times (ISO 8601;
    UTC where they name no zone), which are converted. Raises BadInput naming the line that does not fit."""
    loose: list[_Loose] = []
    unknown: dict[str, None] = {}
    for file, content in files.items():
        for where, given in _rows(content, file, unknown):
            loose.append(_loose(where, given))
    if not loose:
        raise BadInput("There are no incidents to read; give a line with host and day for each.")
    outbreaks: dict[str, list[_Loose]] = {}
    for one in loose:
        outbreaks.setdefault(one.outbreak, []).append(one)
    incidents = [incident for group in outbreaks.values() for incident in _in_days(group)]
    history = checked_incidents(network, incidents)
    converted = sum(group[0].moments for group in outbreaks.values())
    said = list(attributes.left_out(unknown, "incidents"))
    if converted:
        said.append(say("history.dates"))
    return replace(history, assumptions=(*said, *history.assumptions))


def checked_incidents(network: Network, incidents: Iterable[Incident]) -> History:
    """The same incidents, their hosts by id, in order, each once. Raises BadInput where they contradict the network or
    each other: an unknown host, a negative day, cleaned before compromised, compromised again before it was cleaned."""
    names = Names(network.assets)
    kept: dict[Incident, None] = {}
    twice = 0
    for incident in incidents:
        good = _checked(incident, names)
        twice += good in kept
        kept[good] = None
    ordered = sorted(kept, key=lambda one: (one.outbreak, one.day, one.host))
    _check_again(ordered)
    said = [counted("history.repeated", twice)] if twice else []
    return History(tuple(ordered), (*said, *_without_path(network, ordered)))


def _checked(incident: Incident, names: Names) -> Incident:
    outbreak = f" of outbreak {incident.outbreak}" if incident.outbreak else ""
    host = names.host(incident.host, f"An incident{outbreak}")
    where = f"The incident of {host}{outbreak}"
    if not 0 <= incident.day <= _MOST_DAYS:
        raise BadInput(f"{where} is on day {incident.day:g}; days count from the outbreak's first incident, 0 or more.")
    if incident.cleaned is not None and not incident.day <= incident.cleaned <= _MOST_DAYS:
        raise BadInput(f"{where} was cleaned on day {incident.cleaned:g}, before it was found compromised, on day "
                       f"{incident.day:g}; exchange the two, or leave the cleaning out.")  # fmt: skip
    return replace(incident, host=host, outbreak=incident.outbreak.strip())


def _check_again(ordered: list[Incident]) -> None:
    last: dict[tuple[str, str], Incident] = {}
    for one in ordered:
        before = last.get((one.outbreak, one.host))
        if before is not None and (before.cleaned is None or before.cleaned > one.day):
            until = "was never cleaned" if before.cleaned is None else f"was cleaned on day {before.cleaned:g} only"
            raise BadInput(
                f"{one.host} is compromised twice in outbreak {one.outbreak or '(no name)'}, on days {before.day:g} "
                f"and {one.day:g}, but {until} after the first; give the day it was clean, or keep one of the two."
            )
        last[one.outbreak, one.host] = one


def _without_path(network: Network, ordered: list[Incident]) -> Iterator[str]:
    """A host that nobody compromised before has a link to was entered from outside, or over a link nobody knows."""
    into: dict[str, set[str]] = {one.host: set() for one in ordered}
    for link in network.links:
        if link.target in into:
            into[link.target].add(link.source)
    seen: dict[str, set[str]] = {}
    alone: dict[str, None] = {}
    first: dict[str, float] = {}
    for one in ordered:
        before = seen.setdefault(one.outbreak, set())
        if one.day > first.setdefault(one.outbreak, one.day) and not into[one.host] & before:
            alone[one.host] = None
        before.add(one.host)
    if alone:
        who = ", ".join(list(alone)[:3]) + (", …" if len(alone) > 3 else "")
        yield counted("history.outside", len(alone), hosts=who)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def _rows(content: bytes, file: str, unknown: dict[str, None]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if content.lstrip()[:1] in (b"[", b"{"):
        data = own.loads(content, file)
        rows = data.get("incidents") if isinstance(data, Mapping) else data
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise BadInput(f'{file} has no incidents; it needs [{{"host": ..., "day": ...}}].')
        for place, row in enumerate(rows):
            yield f"{file}, incident {place + 1}", attributes.ours(row, _NAMES, unknown)
        return
    given = tables.columns(content, file)
    if not tables.has(("host", "day"), _NAMES, given):
        raise BadInput(f"{file} has the columns {', '.join(given)[:120]}; incidents need host and day.")
    yield from tables.rows(content, file, _NAMES, unknown)


def _loose(where: str, given: Mapping[str, Any]) -> _Loose:
    for needed in ("host", "day"):
        if needed not in given:
            raise BadInput(f"{where} lacks its {needed}; give host and day of each incident.")
    day, moments = _time(given["day"], f"{where}: its day")
    cleaned, also = _time(given["cleaned"], f"{where}: cleaned") if "cleaned" in given else (None, moments)
    if also != moments:
        raise BadInput(f"{where} mixes a day with a date; give both as days, or both as dates.")
    host = attributes.text(given["host"], f"{where}: its host")
    return _Loose(where, host, attributes.text(given.get("outbreak", ""), where), day, cleaned, moments)


def _time(value: Any, where: str) -> tuple[float, bool]:
    """(days, False), or (days since 1970, True)."""
    if isinstance(value, (int, float)):
        return attributes.number(value, where), False
    try:
        found = float(value)
        if math.isfinite(found):
            return found, False
    except (TypeError, ValueError):
        pass
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError as error:
        raise BadInput(
            f"{where} is {str(value)[:40]!r}; give a number of days, or a date such as 2026-03-14."
        ) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - datetime.combine(date(1970, 1, 1), datetime.min.time(), UTC)).total_seconds() / 86_400, True


def _in_days(group: list[_Loose]) -> Iterator[Incident]:
    """The incidents of one outbreak, in days since its first where they had dates."""
    other = next((one for one in group if one.moments != group[0].moments), None)
    if other:
        raise BadInput(f"{other.where} mixes days and dates in one outbreak; give all as days, or all as dates.")
    start = min(one.day for one in group) if group[0].moments else 0.0
    for one in group:
        cleaned = None if one.cleaned is None else round(one.cleaned - start, 6)
        yield Incident(one.host, round(one.day - start, 6), one.outbreak, cleaned)
