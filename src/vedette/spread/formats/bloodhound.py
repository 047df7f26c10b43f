"""Collections of SharpHound and its like (BloodHound): who is signed in where, and who administers what.

Shapes: versions 4 to 6 (`{"data": [...], "meta": {"type": "computers", ...}}`; rights as `LocalAdmins` or, in
BloodHound CE, as `LocalGroups`) and version 3 (`{"computers": [...]}`, lists without `Results`). Of these are kept:
computers, sessions of three kinds, membership in groups (nested, by primary group, and of everybody in Everyone and
Authenticated Users) and the rights AdminTo, CanRDP, CanPSRemote and ExecuteDCOM. A computer leads to another where who
is signed in on it, or its own account, has such a right there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vedette.errors import BadInput
from vedette.records import Asset, Link, Network
from vedette.sentences.catalogue import counted, say
from vedette.spread.formats import archive
from vedette.spread.network import within

MOST_UNPACKED = 2_000_000_000
_KINDS = ("computers", "users", "groups", "domains", "ous", "gpos", "containers", "sessions")
_RIGHTS = ("LocalAdmins", "RemoteDesktopUsers", "PSRemoteUsers", "DcomUsers")
_GROUPS = {"-544": "LocalAdmins", "-555": "RemoteDesktopUsers", "-580": "PSRemoteUsers", "-562": "DcomUsers"}
_EVERYBODY = ("S-1-1-0", "S-1-5-11")
_CONTROLLERS = "-516"
_SHAPE = re.compile(rb'"meta"\s*:\s*\{[^{}]*"type"\s*:\s*"(?:%s|azure)"' % "|".join(_KINDS).encode())
Row = Mapping[str, Any]


@dataclass(slots=True)
class _Domain:
    """`rights`: principal to computers it has a right on; `parents`: principal to groups it is in; `sessions`: computer
    to who is signed in. All by SID."""

    names: dict[str, str] = field(default_factory=dict)
    critical: set[str] = field(default_factory=set)
    laps: set[str] = field(default_factory=set)
    rights: dict[str, set[str]] = field(default_factory=dict)
    parents: dict[str, set[str]] = field(default_factory=dict)
    sessions: dict[str, set[str]] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)


def recognises(content: bytes) -> bool:
    """Whether a JSON file has a `meta` of a collection: at its end, or at its beginning."""
    return bool(_SHAPE.search(content[:4096]) or _SHAPE.search(content[-4096:]))


def read(files: Mapping[str, bytes], name: str, most: int = MOST_UNPACKED) -> Network:
    """One network of the JSON files of a collection, or of its zip, which may have `most` bytes of them. Raises
    BadInput, TooLarge."""
    domain = _Domain()
    for file, content in _unpacked(files, most):
        kind, rows = _rows(file, content)
        for row in rows:
            _take(domain, kind, row, file)
    if not domain.names:
        raise BadInput("The collection has no computers; add its computers.json, or collect sessions and local admins.")
    links = _links(domain)
    assets = tuple(
        Asset(
            id=label,
            name=label,
            group=label.partition(".")[2],
            criticality=1.0 if sid in domain.critical else 0.0,
            controls=("laps",) if sid in domain.laps else (),
        )
        for sid, label in _labels(domain).items()
    )
    return Network(name, assets, links, tuple(_said(domain, links)))


def _unpacked(files: Mapping[str, bytes], most: int) -> Iterator[tuple[str, bytes]]:
    for file, content in files.items():
        if not archive.is_zip(content):
            yield file, content
            continue
        for inside, text in archive.unpacked(file, content, most):
            most -= len(text)
            yield inside, text


def _rows(file: str, content: bytes) -> tuple[str, list[Row]]:
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file} is not JSON that can be read: {error}.") from error
    meta = data.get("meta") if isinstance(data, Mapping) else None
    kind = str(meta.get("type", "")).lower() if isinstance(meta, Mapping) else ""
    if kind == "azure":
        raise BadInput(f"{file} is a collection of Azure, which is not read; give one of Active Directory.")
    rows = data.get("data", data.get(kind)) if kind else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise BadInput(f'{file} is no collection of BloodHound: it lacks "data" and "meta" with a type.')
    return kind, rows


def _take(domain: _Domain, kind: str, row: Row, file: str) -> None:
    said = row.get("Properties")
    properties: Row = said if isinstance(said, Mapping) else {}
    sid = _sid(row)
    if kind in ("computers", "users", "groups"):
        if not sid:
            raise BadInput(f"{file} has one of its {kind} without ObjectIdentifier ({properties.get('name', '?')}).")
        domain.counted[kind] += 1
        domain.counted["aces"] += len(_list(row.get("Aces")))
        primary = row.get("PrimaryGroupSID") or row.get("PrimaryGroupSid")
        if primary:
            domain.parents.setdefault(sid, set()).add(str(primary).upper())
    if kind == "groups":
        for member in _sids(row.get("Members")):
            domain.parents.setdefault(member, set()).add(sid)
    if kind == "computers":
        _computer(domain, sid, row, properties)


def _computer(domain: _Domain, sid: str, row: Row, properties: Row) -> None:
    if properties.get("enabled") is False:
        domain.counted["disabled"] += 1
        return
    domain.names[sid] = str(properties.get("name") or sid).lower()
    controller = bool(row.get("IsDC")) or str(row.get("PrimaryGroupSID") or "").endswith(_CONTROLLERS)
    if controller or properties.get("highvalue") is True or "admin_tier_0" in str(properties.get("system_tags") or ""):
        domain.critical.add(sid)
    if properties.get("haslaps") is True:
        domain.laps.add(sid)
    for kind in ("Sessions", "PrivilegedSessions", "RegistrySessions"):
        for one in _results(row.get(kind)):
            user, at = one.get("UserSID") or one.get("UserId"), one.get("ComputerSID") or one.get("ComputerId") or sid
            if user:
                domain.sessions.setdefault(str(at).upper(), set()).add(str(user).upper())
                domain.counted["sessions"] += 1
    for right, who in _granted(row):
        for principal in who:
            domain.rights.setdefault(principal, set()).add(sid)
            domain.counted[right] += 1


def _granted(row: Row) -> Iterator[tuple[str, list[str]]]:
    for right in _RIGHTS:
        yield right, _sids(row.get(right))
    for group in _list(row.get("LocalGroups")):
        kind = _GROUPS.get(_sid(group)[-4:])
        if kind:
            yield kind, _sids(group)


def _results(given: Any) -> list[Row]:
    return _list(given.get("Results") if isinstance(given, Mapping) else given)


def _list(given: Any) -> list[Row]:
    if given is not None and not (isinstance(given, list) and all(isinstance(row, Mapping) for row in given)):
        raise BadInput(f"The collection has {str(given)[:40]!r} in place of a list of objects; collect it again.")
    return given or []


def _sids(given: Any) -> list[str]:
    return [sid for sid in (_sid(row) for row in _results(given)) if sid]


def _sid(row: Row) -> str:
    return str(row.get("ObjectIdentifier") or row.get("MemberId") or "").upper()


def _labels(domain: _Domain) -> dict[str, str]:
    """SID to the id of the asset: its name, or the SID where two have one name."""
    often = Counter(domain.names.values())
    return {sid: name if often[name] == 1 else sid for sid, name in domain.names.items()}


def _links(domain: _Domain) -> tuple[Link, ...]:
    labels = _labels(domain)
    everybody = {sid for sid in domain.rights if sid.endswith(_EVERYBODY)}
    opened: dict[str, frozenset[str]] = {}
    leads: dict[str, set[str]] = {}
    number = 0
    for sid in labels:
        who = {sid, *domain.sessions.get(sid, ())}
        for principal in who - opened.keys():
            groups = _closure(principal, domain.parents) | everybody
            opened[principal] = frozenset().union(*(domain.rights.get(group, set()) for group in groups))
        leads[sid] = set().union(*(opened[principal] for principal in who)) - {sid}
        number += len(leads[sid])
        within(len(labels), number)
    return tuple(
        Link(labels[sid], labels[target], "credential") for sid, targets in leads.items() for target in sorted(targets)
    )


def _closure(principal: str, parents: Mapping[str, Iterable[str]]) -> set[str]:
    """A principal with all groups it is in; groups may be in each other."""
    found, open_ends = {principal}, [principal]
    while open_ends:
        fresh = set(parents.get(open_ends.pop(), ())) - found
        found |= fresh
        open_ends += fresh
    return found


def _said(domain: _Domain, links: tuple[Link, ...]) -> Iterator[str]:
    count = domain.counted
    yield say(
        "bloodhound.links",
        computers=count["computers"],
        users=count["users"],
        groups=count["groups"],
        sessions=count["sessions"],
        rights=sum(count[right] for right in _RIGHTS),
        links=len(links),
    )
    yield say("bloodhound.reach")
    if count["disabled"]:
        yield counted("bloodhound.disabled", count["disabled"])
    if count["aces"]:
        yield counted("bloodhound.aces", count["aces"])
    if domain.critical:
        yield counted("bloodhound.jewels", len(domain.critical))
    if not count["sessions"]:
        yield say("bloodhound.no_sessions")
