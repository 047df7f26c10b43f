"""What-ifs keep the links and their places, and lower rates where they should."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from vedette.errors import BadInput, NotFound
from vedette.records import Asset, Changes, Link, Network, Weakness
from vedette.spread.change import MOST_PHASES, apply
from vedette.spread.network import checked
from vedette.spread.prepared import Prepared, graph_of_network
from vedette.spread.rates import RateRules

EASY = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
ONE, TWO, LOCAL = "CVE-2020-1001", "CVE-2020-1002", "CVE-2020-1003"
FULL = 10 * -math.log(0.5) / 30


def prepared(hosts: int = 10) -> Prepared:
    """A ring of hosts that reach the next two; all have ONE, those of even number TWO and a local weakness."""
    one, two = Weakness(ONE, 0, EASY, 0.5, False), Weakness(TWO, 0, EASY, 0.5, False)
    local = Weakness(LOCAL, 0, EASY.replace("AV:N", "AV:L"))
    assets = tuple(
        Asset(f"h{n:02}", f"Host {n}", weaknesses=(one, two, local) if n % 2 == 0 else (one,)) for n in range(hosts)
    )
    links = tuple(Link(f"h{n:02}", f"h{(n + step) % hosts:02}") for n in range(hosts) for step in (1, 2))
    return graph_of_network(checked(Network("ring", assets, links)), RateRules(), lambda cve: None)


READY = prepared()


def rates(ready: Prepared, changes: Changes) -> list[float]:
    return [float(rate) for rate in apply(ready, changes).graph.rates]


def test_nothing_changes_without_changes() -> None:
    same = apply(READY, Changes())
    assert np.array_equal(same.graph.rates, READY.graph.rates)
    assert (same.phases, same.assumptions) == ((), ())


def test_an_isolated_host_has_no_open_link() -> None:
    found = apply(READY, Changes(isolate=("HOST 3", "h04"))).graph
    cut = np.isin(found.targets, [3, 4]) | np.isin(found.sources(), [3, 4])
    assert (found.rates[cut] == 0).all()
    assert np.array_equal(found.rates[~cut], READY.graph.rates[~cut])


def test_a_patch_leaves_what_other_weaknesses_carry() -> None:
    into_even = READY.graph.targets % 2 == 0
    assert rates(READY, Changes(patch=(TWO.lower(),))) == pytest.approx([FULL] * 20)
    assert rates(READY, Changes(patch=(ONE,))) == pytest.approx(np.where(into_even, FULL, 0.0))
    assert rates(READY, Changes(patch=(ONE, TWO))) == [0.0] * 20
    places, left = READY.groups()[TWO]
    assert np.array_equal(apply(READY, Changes(patch=(TWO,))).graph.rates[places], left)


def test_a_rate_by_hand_takes_the_place_of_all_others() -> None:
    changes = Changes(patch=(ONE, TWO), rates=(("h00", "Host 1", 7.0),))
    assert rates(READY, changes) == [7.0] + [0.0] * 19
    assert rates(READY, Changes(isolate=("h01",), rates=(("h00", "h01", 7.0),)))[0] == 0.0


def test_a_campaign_lowers_rates_step_by_step() -> None:
    campaign = apply(READY, Changes(patch=(ONE,), patch_from=2.0, patch_share=0.25))
    assert np.array_equal(campaign.graph.rates, READY.graph.rates)
    assert [phase.start for phase in campaign.phases] == [2.0, 3.0, 4.0, 5.0]
    counts = []
    before = campaign.graph.rates
    for phase in campaign.phases:
        now = campaign.graph.rates * phase.transmission
        assert (now <= before).all()
        into = READY.graph.targets
        patched = {host for host in range(10) if (now[into == host] < campaign.graph.rates[into == host] * 0.9).all()}
        counts.append(len(patched))
        before = now
    assert counts == [3, 5, 8, 10]
    assert now.tolist() == pytest.approx(rates(READY, Changes(patch=(ONE,))))
    assert "drawn by chance" in " ".join(campaign.assumptions)


def test_a_campaign_from_now_on_begins_at_once() -> None:
    campaign = apply(READY, Changes(patch=(ONE,), patch_share=0.5))
    assert (campaign.graph.rates < READY.graph.rates).any()
    assert [phase.start for phase in campaign.phases] == [1.0]
    late = apply(READY, Changes(patch=(ONE,), patch_from=9.0), days=7)
    assert (late.phases, np.array_equal(late.graph.rates, READY.graph.rates)) == ((), True)


def test_a_long_campaign_goes_in_a_bounded_number_of_steps() -> None:
    campaign = apply(READY, Changes(patch=(ONE,), patch_from=1.0, patch_share=0.001))
    assert len(campaign.phases) <= MOST_PHASES
    last = campaign.graph.rates * campaign.phases[-1].transmission
    assert last.tolist() == pytest.approx(rates(READY, Changes(patch=(ONE,))))


@pytest.mark.parametrize(
    ("changes", "error", "word"),
    [
        (Changes(isolate=("h99",)), NotFound, "'h99' is no asset"),
        (Changes(patch=("CVE-1999-0001",)), NotFound, "No asset of the network has CVE-1999-0001"),
        (Changes(patch=(ONE,), patch_share=0.0), BadInput, "A share of 0.0"),
        (Changes(patch=(ONE,), patch_from=-1.0), BadInput, "begins on day -1"),
        (Changes(rates=(("h00", "h05", 1.0),)), NotFound, "No link leads from h00 to h05"),
        (Changes(rates=(("h09", "h08", 1.0),)), NotFound, "No link leads from h09 to h08"),
        (Changes(rates=(("h00", "h01", -1.0),)), BadInput, "from h00 to h01 is -1"),
    ],
)
def test_what_cannot_be_done_is_named(changes: Changes, error: type[BadInput], word: str) -> None:
    with pytest.raises(error, match=word):
        apply(READY, changes)


def test_a_patch_that_changes_nothing_is_said() -> None:
    assert f"Patching {LOCAL} changes nothing here" in " ".join(apply(READY, Changes(patch=(LOCAL,))).assumptions)


@given(
    some.lists(some.sampled_from((ONE, TWO, LOCAL)), unique=True).map(tuple),
    some.lists(some.sampled_from(READY.hosts), unique=True, max_size=3).map(tuple),
    some.floats(0, 5),
    some.floats(0.05, 1),
)
def test_no_rate_ever_rises(patch: tuple[str, ...], isolate: tuple[str, ...], start: float, share: float) -> None:
    changed = apply(READY, Changes(isolate, patch, start, share))
    assert np.array_equal(changed.graph.targets, READY.graph.targets)
    assert np.array_equal(changed.graph.offsets, READY.graph.offsets)
    assert (changed.graph.rates <= READY.graph.rates).all()
    factor: np.ndarray = np.ones(READY.graph.links)
    for phase in changed.phases:
        now = np.asarray(phase.transmission)
        assert ((now >= 0) & (now <= factor)).all()
        factor = now
