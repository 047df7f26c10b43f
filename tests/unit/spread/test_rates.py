"""Rates against numbers computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from vedette.errors import BadInput, TooLarge
from vedette.records import Asset, Link, Network, NetworkService, RateLine, Weakness
from vedette.spread import prepared as preparing
from vedette.spread.network import checked
from vedette.spread.prepared import Prepared, graph_of_network, rate_lines
from vedette.spread.rates import Control, CveFacts, RateRules, danger, rules_of

EASY = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
NEAR = EASY.replace("AV:N", "AV:A")
LOCAL = EASY.replace("AV:N", "AV:L")
STANDSTILL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
LOG4SHELL, OTHER, THIRD = "CVE-2021-44228", "CVE-2020-0001", "CVE-2020-0002"
RULES = RateRules()


def nothing(cve: str) -> None:
    return None


def prepared(*assets: Asset, links: tuple[Link, ...], cve: str = "", rules: RateRules = RULES) -> Prepared:
    return graph_of_network(checked(Network("n", assets, links)), rules, nothing, cve)


def rate(weakness: Weakness, link: Link | None = None, **of_target: object) -> float:
    """That of a link from `a` to `b`, which has one weakness."""
    target = Asset("b", weaknesses=(weakness,), **of_target)  # type: ignore[arg-type]
    return float(prepared(Asset("a", group="g"), target, links=(link or Link("a", "b"),)).graph.rates[0])


def test_a_rate_is_its_factors_multiplied() -> None:
    # -ln(1 - 0.9) / 30 = 0.0767528; ten times that for who is inside; twice for KEV
    assert rate(Weakness(LOG4SHELL, 8080, EASY, 0.9, True)) == pytest.approx(10 * 0.0767528 * 2, rel=1e-5)
    hard = EASY.replace("AC:L", "AC:H").replace("PR:N", "PR:L")
    assert rate(Weakness(LOG4SHELL, 0, hard, 0.9, False)) == pytest.approx(
        10 * 0.0767528 * (0.44 / 0.77) * (0.62 / 0.85), rel=1e-5
    )
    found = rate(Weakness(LOG4SHELL, 0, EASY, 0.9, False), controls=("edr", "segmented", "mfa"), factor=3.0)
    assert found == pytest.approx(10 * 0.0767528 * 0.5 * 0.25 * 3, rel=1e-5)


def test_epss_that_is_not_known_has_a_prior_that_is_said() -> None:
    ready = prepared(
        Asset("a"), Asset("b", weaknesses=(Weakness(LOG4SHELL, 0, EASY), Weakness(OTHER, kev=True), Weakness(THIRD))),
        links=(Link("a", "b"),),
    )  # fmt: skip
    critical, kev, unknown = (-math.log(1 - p) / 30 for p in (0.05, 0.5, 0.01))
    lines = {line.cve: line.rate for line in ready.lines([0])}
    assert lines == pytest.approx({LOG4SHELL: 10 * critical, OTHER: 10 * kev * 0.5 * 2, THIRD: 10 * unknown * 0.5})
    said = " ".join(ready.assumptions)
    assert "CVE-2020-0001, CVE-2020-0002, CVE-2021-44228: each has no EPSS" in said
    assert "CVE-2020-0001, CVE-2020-0002: each has no CVSS vector" in said
    scored = danger(Weakness(OTHER, score=7.5), None, RULES)
    assert scored.factors[1][1] == pytest.approx(-math.log(1 - 0.02) / 30)


def test_what_the_asset_says_comes_before_what_the_library_knows() -> None:
    known = CveFacts(LOG4SHELL, EASY, epss=0.5, kev=True)
    assert danger(Weakness(LOG4SHELL), known, RULES).rate == pytest.approx(10 * -math.log(0.5) / 30 * 2)
    own = Weakness(LOG4SHELL, epss=0.1, kev=False)
    assert danger(own, known, RULES).rate == pytest.approx(10 * -math.log(0.9) / 30)
    assert danger(Weakness(LOG4SHELL), CveFacts(LOG4SHELL, "broken", epss=0.5), RULES).taken == ("vector",)


def test_the_exploit_of_the_scenario_works() -> None:
    weak = (Weakness(LOG4SHELL, 0, EASY, 0.01, False), Weakness(OTHER, 0, EASY, 0.01, False))
    ready = prepared(Asset("a"), Asset("b", weaknesses=weak), links=(Link("a", "b"),), cve="cve-2021-44228")
    lines = {line.cve: line.rate for line in ready.lines([0])}
    assert lines[LOG4SHELL] == pytest.approx(10 * -math.log(1 - 0.95) / 30 * 2)
    assert lines[OTHER] == pytest.approx(10 * -math.log(1 - 0.01) / 30)
    absent = prepared(Asset("a"), Asset("b", weaknesses=weak), links=(Link("a", "b"),), cve="CVE-2099-1111")
    assert "No asset of the network has CVE-2099-1111" in " ".join(absent.assumptions)


def test_only_a_weakness_that_the_link_reaches_counts() -> None:
    weak = Weakness(LOG4SHELL, 8080, EASY, 0.9, True)
    full = rate(weak)
    assert rate(weak, Link("a", "b", port=8080)) == full
    assert rate(weak, Link("a", "b", port=443)) == 0
    assert rate(Weakness(LOG4SHELL, 0, EASY, 0.9, True), Link("a", "b", port=443)) == full
    assert rate(weak, Link("a", "b", "credential")) == 0.5
    assert rate(Weakness(LOG4SHELL, 0, LOCAL, 0.9, True)) == 0
    assert rate(Weakness(LOG4SHELL, 0, STANDSTILL, 0.9, True)) == 0
    assert rate(Weakness(LOG4SHELL, 0, NEAR, 0.9, True), group="g") == pytest.approx(full * 0.62 / 0.85)
    assert rate(Weakness(LOG4SHELL, 0, NEAR, 0.9, True), group="h") == 0
    assert rate(Weakness(LOG4SHELL, 0, NEAR, 0.9, True)) == 0


def test_a_vulnerability_counts_once_however_it_is_reached() -> None:
    weak = (Weakness(LOG4SHELL, 80, EASY, 0.5, False), Weakness(LOG4SHELL, 443, EASY, 0.9, False))
    links = (Link("a", "b", port=80), Link("a", "b", port=443), Link("a", "b"))
    ready = prepared(Asset("a"), Asset("b", weaknesses=weak), links=links)
    assert ready.graph.rates.tolist() == pytest.approx([10 * 0.0767528], rel=1e-5)


def test_what_is_given_by_hand_takes_the_place_of_the_weaknesses() -> None:
    weak = (Weakness(LOG4SHELL, 0, EASY, 0.9, True),)
    ready = prepared(Asset("a"), Asset("b", weaknesses=weak, controls=("edr",)), links=(Link("a", "b", rate=0.25),))
    assert list(ready.lines([0])) == [RateLine("a", "b", "override", 0.25, (("given by hand", 0.25),))]
    assert ready.graph.rates.tolist() == [0.25]


def test_a_closed_link_keeps_its_place() -> None:
    ready = prepared(Asset("a", weaknesses=(Weakness(OTHER, 0, EASY),)), Asset("b"), links=(Link("a", "b"),))
    assert ready.graph.links == 1
    assert ready.graph.rates.tolist() == [0.0]
    assert "1 link leads to no weakness that spreads" in " ".join(ready.assumptions)


def test_a_bare_list_of_edges_spreads_at_a_rate_that_is_said() -> None:
    ready = prepared(Asset("a"), Asset("b", controls=("waf",)), links=(Link("a", "b"), Link("b", "a")))
    assert ready.graph.rates.tolist() == pytest.approx([0.05, 0.1])
    assert list(ready.lines([1])) == [RateLine("b", "a", "plain", 0.1, (("plain", 0.1),))]
    assert "each link was taken to carry 0.1 a day" in " ".join(ready.assumptions)


def test_parts_that_no_link_joins_are_said() -> None:
    hosts = [Asset(name) for name in "abcde"]
    apart = prepared(*hosts, links=(Link("a", "b"), Link("d", "c")))
    assert "falls into 2 parts" in " ".join(apart.assumptions)
    joined = prepared(*hosts, links=(Link("a", "b"), Link("d", "c"), Link("b", "c")))
    assert "parts" not in " ".join(joined.assumptions)  # and one host alone, of which `checked` speaks


def test_recovery_and_onset() -> None:
    ready = prepared(Asset("a"), Asset("b", controls=("edr",)), Asset("c", recovery=0.0), links=())
    assert ready.graph.recovery.tolist() == pytest.approx([0.1, 0.3, 0.0])
    assert ready.graph.onset.tolist() == [4.0] * 3


def test_a_control_without_a_rule_changes_nothing_and_is_said() -> None:
    ready = prepared(Asset("a"), Asset("b", controls=("prayer",)), links=(Link("a", "b"),))
    assert "No rule says what these controls do, so they change nothing: prayer." in ready.assumptions


def test_rules_can_be_overridden() -> None:
    rules = rules_of({"intruder": 1, "epss_unknown": {"kev": 0.9}, "controls": {"prayer": {"reach": 0.9}}})
    assert (rules.intruder, rules.epss_unknown["kev"], rules.epss_unknown["low"]) == (1.0, 0.9, 0.002)
    assert rules.controls["prayer"] == Control(reach=0.9)
    assert rules.controls["edr"] == RULES.controls["edr"]
    for wrong, word in [
        ({"intruders": 1}, "'intruders' is not a rule"),
        ({"kev": -1}, "kev of the rates is -1"),
        ({"epss_unknown": {"low": 1.0}}, "epss_unknown.low of the rates is 1.0"),
        ({"controls": {"edr": {"reach": -0.5}}}, "controls.edr.reach"),
        ({"kev": "many"}, "RateRules.kev"),
        ({"epss_days": 0}, "epss_days"),
    ]:
        with pytest.raises(BadInput, match=word):
            rules_of(wrong)


# ── against the plain definition, for any network ────────────────────────────────────────────────

CVES = (LOG4SHELL, OTHER, THIRD)
weaknesses = some.builds(
    Weakness,
    cve=some.sampled_from(CVES),
    port=some.sampled_from((0, 80, 443)),
    vector=some.sampled_from((EASY, NEAR, LOCAL, STANDSTILL, None)),
    epss=some.sampled_from((0.0, 0.1, 0.9, 1.0, None)),
    kev=some.booleans(),
)
assets = some.builds(
    Asset,
    id=some.just(""),
    group=some.sampled_from(("", "g", "h")),
    weaknesses=some.lists(weaknesses, max_size=4, unique_by=lambda one: (one.cve, one.port)).map(tuple),
    controls=some.lists(some.sampled_from(("edr", "mfa", "waf")), max_size=2, unique=True).map(tuple),
    factor=some.sampled_from((0.0, 0.5, 1.0, 2.0)),
)
links = some.builds(
    Link,
    source=some.sampled_from("abcd"),
    target=some.sampled_from("abcd"),
    kind=some.sampled_from(("reach", "reach", "credential")),
    port=some.sampled_from((0, 80, 443)),
    rate=some.none(),
)


@some.composite
def any_network(draw: some.DrawFn) -> Network:
    hosts = tuple(
        Asset(name, group=one.group, weaknesses=one.weaknesses, controls=one.controls, factor=one.factor)
        for name in "abcd"
        for one in [draw(assets)]
    )
    return checked(Network("n", hosts, tuple(draw(some.lists(links, max_size=10)))))


def plainly(network: Network) -> dict[tuple[str, str], float]:
    """Pair of hosts to rate, as the rules say it, one after the other."""
    by_id = {asset.id: asset for asset in network.assets}
    found: dict[tuple[str, str], float] = {}
    for source, target in {(link.source, link.target) for link in network.links}:
        here = [link for link in network.links if (link.source, link.target) == (source, target)]
        asset, near = by_id[target], bool(by_id[source].group) and by_id[source].group == by_id[target].group
        controls = [RULES.controls[name] for name in asset.controls]
        best: dict[str, float] = {}
        for weakness in asset.weaknesses:
            one = danger(weakness, None, RULES)
            open_ports = [link.port for link in here if link.kind == "reach"]
            reached = any(0 in (port, weakness.port) or port == weakness.port for port in open_ports)
            if reached and (near or not one.adjacent):
                best[weakness.cve] = max(best.get(weakness.cve, 0.0), one.rate)
        total = sum(best.values()) * math.prod(control.reach for control in controls) * asset.factor
        keys = [link for link in here if link.kind == "credential"]
        total += len(keys) * RULES.credential * math.prod(c.credential for c in controls) * asset.factor
        found[source, target] = total
    return found


def by_pair(ready: Prepared) -> dict[tuple[str, str], float]:
    sources = ready.graph.sources()
    return {ready.hosts_of(sources, place): float(rate) for place, rate in enumerate(ready.graph.rates)}


@given(any_network())
def test_the_arrays_say_what_the_rules_say(network: Network) -> None:
    ready = graph_of_network(network, RULES, nothing)
    if not ready.bare:
        assert by_pair(ready) == pytest.approx(plainly(network), rel=1e-5)
    lines = rate_lines(network, RULES, nothing)
    for line in lines:
        assert line.rate == pytest.approx(math.prod(value for _, value in line.factors))
    summed: dict[tuple[str, str], float] = dict.fromkeys(by_pair(ready), 0.0)
    for line in lines:
        summed[line.source, line.target] += line.rate
    assert summed == pytest.approx(by_pair(ready), rel=1e-5)


@given(any_network(), weaknesses, some.sampled_from("abcd"))
def test_one_more_weakness_never_lowers_a_rate(network: Network, more: Weakness, host: str) -> None:
    before = graph_of_network(network, RULES, nothing)
    if any(
        (one.cve, one.port) == (more.cve, more.port) for a in network.assets if a.id == host for one in a.weaknesses
    ):
        return
    grown = tuple(
        Asset(a.id, group=a.group, weaknesses=(*a.weaknesses, more), controls=a.controls, factor=a.factor)
        if a.id == host else a for a in network.assets
    )  # fmt: skip
    after = graph_of_network(checked(Network("n", grown, network.links)), RULES, nothing)
    if not before.bare:
        assert (after.graph.rates >= before.graph.rates * (1 - 1e-6)).all()


@given(any_network())
def test_what_is_left_of_a_link_without_a_vulnerability(network: Network) -> None:
    ready = graph_of_network(network, RULES, nothing)
    for cve, (places, left) in ready.groups().items():
        bare = tuple(
            Asset(
                a.id, group=a.group, controls=a.controls, factor=a.factor,
                weaknesses=tuple(w for w in a.weaknesses if w.cve != cve) or (Weakness("CVE-2000-0000", 0, LOCAL),),
            ) for a in network.assets
        )  # fmt: skip
        without = graph_of_network(Network("n", bare, network.links), RULES, nothing)
        expected = ready.graph.rates.copy()
        expected[places] = left
        assert expected.tolist() == pytest.approx(without.graph.rates.tolist(), rel=1e-5, abs=1e-9)
        assert (left < ready.graph.rates[places]).all()


def test_too_many_channels_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    weak = (Weakness(LOG4SHELL, 0, EASY), Weakness(OTHER, 0, EASY))
    monkeypatch.setattr(preparing, "MOST_CHANNELS", 1)
    with pytest.raises(TooLarge, match="seen 2 times over the links"):
        prepared(Asset("a"), Asset("b", weaknesses=weak), links=(Link("a", "b"),))


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = [Asset(f"h{n}", weaknesses=tuple(Weakness(f"CVE-2020-{1000 + n * 7 + m}", 0, EASY) for m in range(n))) for n
             in range(9)]  # fmt: skip
    pairs = tuple(Link(a.id, b.id) for a in hosts for b in hosts if a is not b)
    whole = prepared(*hosts, links=pairs).graph.rates
    monkeypatch.setattr(preparing, "_BLOCK", 5)
    assert np.array_equal(prepared(*hosts, links=pairs).graph.rates, whole)


def test_services_do_not_open_what_no_link_reaches() -> None:
    target = Asset("b", services=(NetworkService(443),), weaknesses=(Weakness(LOG4SHELL, 8080, EASY, 0.9),))
    assert prepared(Asset("a"), target, links=(Link("a", "b", port=443),)).graph.rates.tolist() == [0.0]
