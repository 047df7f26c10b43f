"""A network of assets: what runs on them, what is weak, and who reaches whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

LinkKind = Literal["reach", "credential"]
"""`reach`: the source can open a connection to a service of the target. `credential`: what is kept or used on the
source opens the target: a session, a password that is used again, a right of administration."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """A vulnerability of an asset. `port` of the service that has it, 0 for the asset itself. What is None is looked
    up in the library: `vector` (CVSS), `epss` (probability of exploitation within 30 days, 0..1), `kev` (known to be
    exploited), `score` (CVSS base score, 0..10: what scanners give in place of a vector)."""

    cve: str
    port: int = 0
    vector: str | None = None
    epss: float | None = None
    kev: bool | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class NetworkService:
    """Something that listens."""

    port: int
    protocol: str = "tcp"
    name: str = ""
    product: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """A host, or anything else that can be compromised. `criticality` 0..1, 1 for a crown jewel. `controls` are names
    such as `edr` or `mfa`, see `vedette forecast rates`. `factor` multiplies every rate into it, `recovery` (1/day) is
    how soon a compromise is found and cleaned, None: as the settings of the rates say."""

    id: str
    name: str = ""
    kind: str = "host"
    addresses: tuple[str, ...] = ()
    group: str = ""
    criticality: float = 0.0
    services: tuple[NetworkService, ...] = ()
    weaknesses: tuple[Weakness, ...] = ()
    controls: tuple[str, ...] = ()
    factor: float = 1.0
    recovery: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Who can get at whom. `port` 0: every service of the target. `rate` (1/day) overrides what the weaknesses of the
    target say."""

    source: str
    target: str
    kind: LinkKind = "reach"
    port: int = 0
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """Asset `host` was found compromised on `day` (days since the outbreak's first, fractions allowed) and, where it is
    known, clean again on day `cleaned`. `outbreak` tells outbreaks apart."""

    host: str
    day: float
    outbreak: str = ""
    cleaned: float | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """Assets, in the order of their ids, and links between them. `assumptions` are sentences on what was left out or
    taken for granted when it was read."""

    name: str
    assets: tuple[Asset, ...]
    links: tuple[Link, ...]
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkInfo:
    """What a list shows of a network. `readers` as those of a collection; `digest` is SHA-256 of all that is in it."""

    name: str
    assets: int
    links: int
    weaknesses: int
    jewels: int
    digest: str
    stored: str
    readers: tuple[str, ...] = ()
    incidents: int = 0
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RateLine:
    """Why a link has its rate: `cve` (or "credential", "override", "plain") contributes `rate` (1/day) of it, the
    product of `factors` ("network 0.8", "EPSS 0.94", …)."""

    source: str
    target: str
    cve: str
    rate: float
    factors: tuple[tuple[str, float], ...] = field(default=())
