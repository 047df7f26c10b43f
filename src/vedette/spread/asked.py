"""question -> request: what is asked of a network's future, in English, Spanish or French; None for anything else.

A question is taken for one on spread only when it speaks of a compromise, of isolating or of patching, and names a host
of a network that the caller may read: whoever asks what isolation is gets the documents' answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from vedette.records import Changes, ContainWish, Scenario

_CVE = re.compile(r"\bCVE-\d{4}-\d{4,}\b", re.IGNORECASE)
_NAME = re.compile(r"[\w][\w.@:-]*[\w]|\w", re.UNICODE)
_FALLS = re.compile(
    r"\b(compromis\w*|infect\w*|hack\w*|breach\w*|own(ed|s)\b|pwn\w*|taken over|attack\w*|spread\w*|lateral\w*|"
    r"propagat\w*|propag\w*|blast radius|fall(s|en)?\b|cae\b|caen\b|atacad\w*|attaqu\w*|piraté\w*|tombe\w*|"
    r"we lose|lose\b|perdemos|perderíamos|perd(ons|rons|re)\b|at risk|en riesgo|à risque|reach(es|ed)?\b)",
    re.IGNORECASE,
)
_ISOLATE = re.compile(
    r"\b(isolat\w*|cut off|quarantin\w*|disconnect\w*|aisl\w*|descone\w*|isol\w*|débranch\w*|déconnect\w*|"
    r"shut (down|off)|block\w*|contain\w*|conten\w*)",
    re.IGNORECASE,
)
_PATCH = re.compile(
    r"\b(patch\w*|fix\w*|update\w*|parche\w*|corrig\w*|actualiz\w*|mettre à jour|correcti\w*)", re.IGNORECASE
)
_WHICH = re.compile(
    r"\b(which|what|who|where|first|should|best|qué|cuál\w*|que[l]?l?\w*|quoi|primero|d'abord|debemos|deberíamos|devons|devrions|faut)\b",
    re.IGNORECASE,
)
_IF = re.compile(r"\b(if|when|once|after|si|cuando|quand|lorsque|après|tras)\b", re.IGNORECASE)
_CVES = re.compile(
    r"\b(vulnerabilit\w*|cves?|patch\w*|parche\w*|vulnerabilidad\w*|vulnérabilité\w*|correcti\w*)\b", re.IGNORECASE
)
_HOSTS = re.compile(
    r"\b(hosts?|machines?|servers?|computers?|assets?|equipos?|máquinas?|servidor\w*|hôtes?|serveurs?|postes?|ordinateurs?)\b",
    re.IGNORECASE,
)
_TOWARDS = re.compile(
    r"\b(reach\w*|get to|gets to|lose|hit|hits|protect\w*|threaten\w*|llega\w*|alcanz\w*|perde\w*|proteg\w*|atteind\w*|"
    r"perd(ons|re)|protég\w*|menac\w*)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r",|[.;:?!](?=\s|$)|\s(?=what\b|which\b|how\b|qué\b|cuál|cuánt|quel|combien\b)", re.IGNORECASE)
_LISTED = re.compile(r"\s*(,|and|y|e|et|or|o|ou|&|,\s*(and|y|et|or))\s*", re.IGNORECASE)
_ASKS = re.compile(
    r"\s*(is|are|will|can|do|does|could|would|what|which|how|who|está|qué|que|cuál|est|quel)\b", re.IGNORECASE
)

NUMBERS: Mapping[str, int] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "un": 1, "una": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8,
    "nueve": 9, "diez": 10, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "a": 1,
}  # fmt: skip
_NUMBER = rf"(\d{{1,3}}|{'|'.join(NUMBERS)})"
_UNITS: tuple[tuple[str, float], ...] = (
    (r"hours?|horas?|heures?|h", 1 / 24),
    (r"days?|días?|dias?|jours?", 1.0),
    (r"weeks?|semanas?|semaines?", 7.0),
    (r"months?|mes(es)?|mois", 30.0),
)
_WEEKDAYS: tuple[tuple[str, ...], ...] = (
    ("monday", "lunes", "lundi"),
    ("tuesday", "martes", "mardi"),
    ("wednesday", "miércoles", "miercoles", "mercredi"),
    ("thursday", "jueves", "jeudi"),
    ("friday", "viernes", "vendredi"),
    ("saturday", "sábado", "sabado", "samedi"),
    ("sunday", "domingo", "dimanche"),
)
_SOON: tuple[tuple[str, int], ...] = (
    (r"tomorrow|mañana|demain", 1),
    (r"(next|this|the|esta|la|cette|une) (week|semana|semaine)", 7),
    (r"(next|this|the|este|el|ce|un) (month|mes|mois)", 30),
)
DEFAULT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Known:
    """A network that the caller may read: its `hosts` by everything they are called, in lower case."""

    network: str
    hosts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: how a scenario goes on, what becomes of the hosts in `focus`, and what to do about it."""

    scenario: Scenario
    wish: ContainWish | None = None
    focus: tuple[str, ...] = ()


def may_ask(text: str, earlier: Iterable[str]) -> bool:
    """Whether the words alone allow that it is asked of a network; told without looking at any."""
    return any(verb.search(said) for said in (text, *earlier) for verb in (_FALLS, _ISOLATE, _PATCH))


def asked(text: str, earlier: Iterable[str], networks: Iterable[Known], today: date) -> Asked | None:
    """`earlier` questions of the conversation, the last one last: "and if we isolate mail-1?" goes on from them."""
    known = tuple(networks)
    found = _read(text, known, today)
    if found is not None:
        return found
    for before in reversed(tuple(earlier)):
        base = _read(before, known, today)
        if base is not None:
            return _going_on(text, base, known, today)
    return None


def _read(text: str, networks: tuple[Known, ...], today: date) -> Asked | None:
    network, named = _network(text, networks)
    if network is None or not (_FALLS.search(text) or _ISOLATE.search(text) or _PATCH.search(text)):
        return None
    roles = _roles(text, named)
    isolated, sources, focus = (
        tuple(host for host, role in roles.items() if role == wanted) for wanted in ("isolated", "source", "focus")
    )
    if not sources or not (_FALLS.search(text) or isolated):
        return None
    cves = {found.group().upper(): found.start() for found in _CVE.finditer(text)}
    patched = tuple(cve for cve, place in cves.items() if _done_to(text, place, _PATCH))
    through = tuple(cve for cve in cves if cve not in patched)
    scenario = Scenario(
        network=network,
        sources=sources,
        cve=through[0] if through else "",
        days=days_of(text, today),
        changes=Changes(isolate=isolated, patch=patched),
    )
    return Asked(scenario, _wish(text, scenario), focus)


def _roles(text: str, named: tuple[tuple[str, int], ...]) -> dict[str, str]:
    """What each host is in the question: a `source`, `isolated`, or the one it is about (`focus`). In a list, what the
    one before is."""
    condition = _condition(text)
    inside = [host for host, place in named if condition[0] <= place < condition[1]]
    roles: dict[str, str] = {}
    ended, before = -1, ""
    for host, place in sorted(named, key=lambda one: one[1]):
        if before and _LISTED.fullmatch(text[ended:place]):
            roles[host] = before
        elif _done_to(text, place, _ISOLATE):
            roles[host] = "isolated"
        elif host in inside:
            roles[host] = "source"
        else:
            roles[host] = "focus" if inside or _done_to(text, place, _TOWARDS) else "source"
        ended, before = _NAME.match(text, place).end(), roles[host]  # type: ignore[union-attr]
    return roles


def _condition(text: str) -> tuple[int, int]:
    """Where "if …" begins and ends; (0, 0) without one."""
    begun = _IF.search(text)
    if begun is None:
        return 0, 0
    end = _CLAUSE.search(text, begun.end())
    while end and _LISTED.match(text, end.start()) and not _ASKS.match(text, end.end()):
        end = _CLAUSE.search(text, end.end())
    return begun.start(), end.start() if end else len(text)


def _going_on(text: str, base: Asked, networks: tuple[Known, ...], today: date) -> Asked | None:
    """What a question that leans on an earlier one changes in it."""
    ours = tuple(known for known in networks if known.network == base.scenario.network)
    named = tuple(name for name, _ in _network(text, ours)[1])
    cves = tuple(dict.fromkeys(found.upper() for found in _CVE.findall(text)))
    changes = base.scenario.changes
    if _ISOLATE.search(text) and named:
        changes = replace(changes, isolate=tuple(dict.fromkeys((*changes.isolate, *named))))
    if _PATCH.search(text) and cves:
        changes = replace(changes, patch=tuple(dict.fromkeys((*changes.patch, *cves))))
    days = days_of(text, today, default=base.scenario.days)
    scenario = replace(base.scenario, changes=changes, days=days)
    wish = _wish(text, scenario)
    return Asked(scenario, wish) if scenario != base.scenario or wish else None


def _network(text: str, networks: tuple[Known, ...]) -> tuple[str | None, tuple[tuple[str, int], ...]]:
    """The network that most of the named hosts are of, and these with where they stand; hosts are named whole."""
    best: tuple[str | None, tuple[tuple[str, int], ...]] = (None, ())
    for known in networks:
        named: dict[str, int] = {}
        for name, place in _names(text):
            host = known.hosts.get(name)
            if host:
                named.setdefault(host, place)
        mentioned = re.search(rf"(?<!\w){re.escape(known.network)}(?!\w)", text, re.IGNORECASE) is not None
        if (len(named), mentioned) > (len(best[1]), False) and named:
            best = (known.network, tuple(named.items()))
    return best


def _names(text: str) -> Iterator[tuple[str, int]]:
    for found in _NAME.finditer(text):
        yield found.group().lower(), found.start()


def _done_to(text: str, place: int, verb: re.Pattern[str]) -> bool:
    """Whether the verb stands before the name in the clause, and no other: "if web-1 falls and we isolate db-1"."""
    begun = max((found.end() for found in _CLAUSE.finditer(text, 0, place)), default=0)
    before = text[begun:place]
    last = max((found.end() for found in verb.finditer(before)), default=-1)
    return last >= 0 and not (verb is not _TOWARDS and _FALLS.search(before[last:]))


def _wish(text: str, scenario: Scenario) -> ContainWish | None:
    """Which measures are asked for: "which five hosts should we isolate", "what to patch first"."""
    for clause in re.split(r"[.;?!](?:\s|$)|,? (?:and|y|et) (?=which|what|who|where|qu|cu)|,", text):
        isolates, patches = _ISOLATE.search(clause), _PATCH.search(clause)
        if not (isolates or patches) or not _WHICH.search(clause) or _IF.match(clause.strip()):
            continue
        by_cve = (bool(_CVES.search(clause)) and not _HOSTS.search(clause)) or (bool(patches) and not isolates)
        counted = re.search(
            rf"\b{_NUMBER}\b(?=\s+(?:\w+\s+)?(?:{_HOSTS.pattern[2:-2]}|{_CVES.pattern[2:-2]}))", clause, re.IGNORECASE
        )
        k = _number(counted.group(1)) if counted else 5
        return ContainWish(scenario, k=max(1, min(k, 50)), by="cve" if by_cve else "host")
    return None


def days_of(text: str, today: date, default: int = DEFAULT_DAYS) -> int:
    """How many days ahead a question looks, at least 1.

    >>> days_of("what do we lose by Friday?", date(2026, 11, 22)), days_of("within 48 hours", date(2026, 11, 22))
    (5, 2)
    >>> days_of("en dos semanas", date(2026, 11, 22)), days_of("Why?", date(2026, 11, 22))
    (14, 7)
    """
    for unit, days in _UNITS:
        found = re.search(rf"\b{_NUMBER}\s+({unit})\b", text, re.IGNORECASE)
        if found:
            return max(1, min(365, round(_number(found.group(1)) * days)))
    for pattern, days in _SOON:
        if re.search(rf"\b({pattern})\b", text, re.IGNORECASE):
            return int(days)
    for number, names in enumerate(_WEEKDAYS):
        if re.search(rf"\b({'|'.join(names)})\b", text, re.IGNORECASE):
            return (number - today.weekday() - 1) % 7 + 1
    return default


def last_day(days: int, today: date) -> date:
    """The day that a forecast of so many days ends on."""
    return today + timedelta(days=days)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else NUMBERS[text.lower()]
