"""How fast a threat crosses a link: rules in numbers that everybody can read and change.

    rate of a weakness (1/day) = intruder x hazard x CVSS x KEV x controls x factor of the host
    rate of a credential link  = credential x controls x factor of the host
    rate of a bare link        = plain x controls x factor of the host, where a network names no weakness at all

`hazard` turns EPSS, the probability p that a vulnerability is exploited somewhere within 30 days, into a rate:
-ln(1 - p) / 30, as if exploitation were a Poisson process. The CVSS factors are the numbers of the specification,
divided by those of the easiest exploit. What remains, `RateRules`, are judgements and not measurements: they set the
scale that calibration on a history multiplies, and whoever knows better overrides them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

from vedette.errors import BadInput
from vedette.records import Asset, Weakness
from vedette.records_json import decode, encode
from vedette.sentences.catalogue import say
from vedette.spread import cvss

Factor = tuple[str, float]
Facts = Callable[[str], "CveFacts | None"]
"""What the library knows of a CVE; None for nothing."""


@dataclass(frozen=True, slots=True)
class CveFacts:
    """`vector` CVSS, `score` its base score, 0..10, `epss` 0..1, `kev` known to be exploited; `title` of the `document`
    that says so, by its id."""

    cve: str
    vector: str = ""
    score: float | None = None
    epss: float | None = None
    kev: bool = False
    title: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """What a control of a host multiplies: rates of weaknesses into it (`reach`), rates of credentials into it, and how
    soon it recovers."""

    reach: float = 1.0
    credential: float = 1.0
    recovery: float = 1.0


def _priors() -> dict[str, float]:
    return {"kev": 0.5, "critical": 0.05, "high": 0.02, "medium": 0.005, "low": 0.002, "none": 0.001, "unknown": 0.01}


def _controls() -> dict[str, Control]:
    return {
        "edr": Control(reach=0.5, credential=0.5, recovery=3.0),
        "hardened": Control(reach=0.5, credential=0.5),
        "laps": Control(credential=0.3),
        "mfa": Control(credential=0.1),
        "monitored": Control(recovery=2.0),
        "patched": Control(reach=0.3),
        "segmented": Control(reach=0.25),
        "waf": Control(reach=0.5),
    }


@dataclass(frozen=True, slots=True)
class RateRules:
    """Every number between a network and its rates.

    intruder        how many times as often an intruder inside attacks a weakness within reach as the world attacks it
                    anywhere: EPSS counts exploitation seen on the internet, and who is inside is a motivated attacker
    epss_days       EPSS looks 30 days ahead (FIRST, EPSS model)
    epss_most       EPSS above this counts as this: at 1 the hazard would be infinite
    epss_unknown    taken for EPSS where it is not known: for what is in KEV, else by the severity of the CVSS score.
                    Most published vulnerabilities are never seen exploited, most of KEV have a high EPSS
    kev             multiplies the rate of what is known to be exploited: there are tools that work
    exploited       taken for EPSS, at least, where the scenario says that this vulnerability is being exploited; it
                    counts as in KEV, too
    vector_unknown  where no CVSS vector is known, the weakness is taken as one over the network, this hard to exploit
    credential      1/day: how soon an intruder uses what opens another host; days, not weeks, in reported intrusions
    plain           1/day: what each reach link carries in a network that names no weakness, credential or rate at all,
                    such as a bare list of edges
    controls        what the controls of a host multiply
    recovery        1/day: how soon a compromise is found and cleaned where the host does not say
    onset           1/day: how soon a compromised host attacks others, in SEIR
    """

    intruder: float = 10.0
    epss_days: float = 30.0
    epss_most: float = 0.99
    epss_unknown: Mapping[str, float] = field(default_factory=_priors)
    kev: float = 2.0
    exploited: float = 0.95
    vector_unknown: float = 0.5
    credential: float = 0.5
    plain: float = 0.1
    controls: Mapping[str, Control] = field(default_factory=_controls)
    recovery: float = 0.1
    onset: float = 4.0


def rules_of(data: Mapping[str, Any]) -> RateRules:
    """The rules with some of them overridden, from JSON; what `epss_unknown`, `controls` or a control leaves out stays.
    Raises BadInput naming what is not a rule, or a number that none can be.

    >>> rules_of({"kev": 3, "controls": {"edr": {"reach": 0.1}}}).controls["edr"]
    Control(reach=0.1, credential=0.5, recovery=3.0)
    """
    known = {item.name for item in fields(RateRules)}
    for name in data:
        if name not in known:
            raise BadInput(f"{name!r} is not a rule of the rates; there are {', '.join(sorted(known))}.")
    return _checked(decode(RateRules, _merged(encode(RateRules()), data)))


def _merged(ours: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(ours)
    for name, value in given.items():
        inside = both.get(name)
        deep = isinstance(inside, Mapping) and isinstance(value, Mapping)
        both[name] = _merged(inside, value) if deep else value  # type: ignore[arg-type]
    return both


def _checked(rules: RateRules) -> RateRules:
    for name, value in _flat(rules):
        if not (math.isfinite(value) or name == "onset") or value < 0:
            raise BadInput(f"The rule {name} of the rates is {value}; give a number of 0 or more.")
        if (name.startswith("epss_unknown") or name in ("epss_most", "exploited")) and not value < 1:
            raise BadInput(f"The rule {name} of the rates is {value}; give a probability of 0 to below 1.")
    if not rules.epss_days:
        raise BadInput("The rule epss_days of the rates is 0; give the number of days that EPSS looks ahead.")
    return rules


def _flat(rules: RateRules) -> list[tuple[str, float]]:
    plain = [(item.name, getattr(rules, item.name)) for item in fields(RateRules)]
    found = [(name, value) for name, value in plain if isinstance(value, float)]
    found += [(f"epss_unknown.{name}", value) for name, value in rules.epss_unknown.items()]
    for name, control in rules.controls.items():
        found += [(f"controls.{name}.{item.name}", getattr(control, item.name)) for item in fields(Control)]
    return found


# ── weaknesses ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Danger:
    """What a weakness comes to on a host without controls: `rate` (1/day), the product of `factors`; 0 where it does
    not spread. `adjacent`: from hosts of the same group only. `taken` says what was assumed: `weakness.…` of the
    catalogue of sentences."""

    rate: float
    adjacent: bool
    factors: tuple[Factor, ...]
    taken: tuple[str, ...] = ()


def danger(weakness: Weakness, known: CveFacts | None, rules: RateRules, exploited: bool = False) -> Danger:
    """How dangerous a weakness is. What the weakness says itself comes before what is known of its CVE."""
    exploit = _exploit(weakness, known)
    if exploit and exploit.reach in ("local", "physical"):
        return Danger(0.0, False, (), ("local",))
    if exploit and not exploit.controls:
        return Danger(0.0, False, (), ("standstill",))
    score = exploit.score if exploit else None
    if score is None:
        score = weakness.score if weakness.score is not None else (known.score if known else None)
    kev = exploited or (weakness.kev if weakness.kev is not None else bool(known and known.kev))
    hazard, taken = _hazard(weakness, known, (kev, score, exploited), rules)
    factors = [(say("factor.intruder"), rules.intruder), hazard]
    factors += exploit.factors if exploit else [(say("factor.vector"), rules.vector_unknown)]
    factors += [("KEV", rules.kev)] if kev else []
    adjacent = bool(exploit and exploit.reach == "adjacent")
    assumed = (*taken, *(() if exploit else ("vector",)), *(("adjacent",) if adjacent else ()))
    return Danger(product(factors), adjacent, tuple(factors), assumed)


def _exploit(weakness: Weakness, known: CveFacts | None) -> cvss.Exploit | None:
    """That of the weakness's own vector; else of the library's, in which a vector that is none counts as unknown."""
    if weakness.vector:
        return cvss.parse(weakness.vector)
    try:
        return cvss.parse(known.vector) if known and known.vector else None
    except BadInput:
        return None


def _hazard(
    weakness: Weakness, known: CveFacts | None, seen: tuple[bool, float | None, bool], rules: RateRules
) -> tuple[Factor, tuple[str, ...]]:
    """The factor of EPSS, 1/day, and what was assumed. `seen`: (in KEV, CVSS score, exploited in the scenario)."""
    kev, score, exploited = seen
    epss = weakness.epss if weakness.epss is not None else (known.epss if known else None)
    taken: tuple[str, ...] = ()
    name = partial(say, "factor.epss")
    if epss is None:
        kind = "kev" if kev else "unknown" if score is None else cvss.severity(score)
        name = partial(say, "factor.epss_unknown", kind=say(f"severity.{kind}"))
        epss, taken = rules.epss_unknown.get(kind, 0.0), ("epss",)
    if exploited and rules.exploited > epss:
        epss, name, taken = rules.exploited, partial(say, "factor.exploited"), ()
    epss = min(epss, rules.epss_most)
    return (name(epss=f"{epss:.3g}", days=f"{rules.epss_days:g}"), -math.log1p(-epss) / rules.epss_days), taken


# ── hosts ────────────────────────────────────────────────────────────────────────────────────────


def host_factors(asset: Asset, rules: RateRules, kind: str) -> tuple[Factor, ...]:
    """What the controls and the factor of a host multiply rates of this kind into it with; what is 1 is left out.

    >>> host_factors(Asset("a", controls=("edr", "mfa"), factor=2.0), RateRules(), "credential")
    (('edr', 0.5), ('mfa', 0.1), ('factor of the host', 2.0))
    """
    controls = [(name, rules.controls[name]) for name in asset.controls if name in rules.controls]
    found = [(name, control.credential if kind == "credential" else control.reach) for name, control in controls]
    own = [(say("factor.host"), asset.factor)] if asset.factor != 1.0 else []
    return (*(factor for factor in found if factor[1] != 1.0), *own)


def recovery(asset: Asset, rules: RateRules) -> float:
    """How soon a compromise of this host is found and cleaned, 1/day."""
    if asset.recovery is not None:
        return asset.recovery
    return rules.recovery * math.prod(
        rules.controls[name].recovery for name in asset.controls if name in rules.controls
    )


def product(factors: list[Factor] | tuple[Factor, ...]) -> float:
    return math.prod(value for _, value in factors)
