"""What is wrong with a network is said in a sentence; what is harmless is put right and said, too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vedette.errors import BadInput, NotFound, TooLarge
from vedette.records import Asset, Link, Network, NetworkService, Weakness
from vedette.spread import network as networks
from vedette.spread.network import Names, checked, digest, jewels

WEB = Asset("web-1", "Shop", addresses=("10.0.0.1",), services=(NetworkService(443),))
PC = Asset("pc-1", addresses=("10.0.0.2",))
NET = Network("office", (WEB, PC), (Link("pc-1", "web-1", port=443),))


def wrong(asset: Asset | None = None, *links: Link) -> Network:
    return Network("n", (WEB, asset or PC), links)


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (replace(NET, name=" "), "needs a name"),
        (replace(NET, assets=()), "no assets"),
        (wrong(Asset(" ")), "Asset 2 needs an id"),
        (wrong(Asset("a", criticality=1.5)), "Asset a: its criticality is 1.5"),
        (wrong(Asset("a", criticality=float("nan"))), "Asset a: its criticality is nan"),
        (wrong(Asset("a", factor=-1)), "Asset a: its factor is -1"),
        (wrong(Asset("a", recovery=float("inf"))), "Asset a: its recovery is inf"),
        (wrong(Asset("a", services=(NetworkService(70_000),))), "Asset a: a service listens on port 70000"),
        (wrong(Asset("a", weaknesses=(Weakness(" "),))), "Asset a: a weakness has no id"),
        (wrong(Asset("a", weaknesses=(Weakness("CVE-2021-44228", -1),))), "CVE-2021-44228 is on port -1"),
        (wrong(Asset("a", weaknesses=(Weakness("CVE-2021-44228", epss=1.2),))), "EPSS of CVE-2021-44228 is 1.2"),
        (wrong(Asset("a", weaknesses=(Weakness("CVE-2021-44228", score=11),))), "score of CVE-2021-44228 is 11"),
        (wrong(Asset("a", weaknesses=(Weakness("CVE-2021-44228", vector="9.8"),))), "Asset a, CVE-2021-44228: '9.8'"),
        (wrong(replace(WEB, criticality=1.0)), "Asset web-1 is given twice with different content"),
        (
            wrong(Asset("a", weaknesses=(Weakness("cve-2021-44228"), Weakness("CVE-2021-44228", kev=True)))),
            "CVE-2021-44228 is given twice",
        ),
        (wrong(None, Link("pc-1", "web-2")), "pc-1 → web-2 names an asset that is not in the network: 'web-2'; did you "
         "mean web-1"),
        (wrong(None, Link("pc-1", "zzz")), "'zzz'; add it to the assets"),
        (wrong(None, Link("pc-1", "web-1", rate=-0.1)), "pc-1 → web-1 has the rate -0.1"),
        (wrong(None, Link("pc-1", "web-1", port=99_999)), "goes to port 99999"),
        (wrong(None, Link("pc-1", "web-1", "trust")), "of the kind 'trust'"),  # type: ignore[arg-type]
        (wrong(None, Link("pc-1", "web-1", rate=1.0), Link("pc-1", "web-1", rate=2.0)), "with the rates 1.0 and 2.0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(network: Network, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        checked(network)
    assert sentence in caught.value.message


def test_what_is_harmless_is_put_right_and_said() -> None:
    given = Network(
        "n",
        (WEB, Asset("alone"), PC, PC, Asset("old", weaknesses=(Weakness("cve-2021-44228", 8080),), services=(
            NetworkService(443),))),
        (Link("pc-1", "web-1"), Link("pc-1", "web-1"), Link("web-1", "web-1"), Link("10.0.0.2", "SHOP", port=22),
         Link("web-1", "old"), Link("old", "web-1")),
    )  # fmt: skip
    good = checked(given)
    assert [asset.id for asset in good.assets] == ["alone", "old", "pc-1", "web-1"]
    assert [(link.source, link.target, link.port) for link in good.links] == [
        ("old", "web-1", 0),
        ("pc-1", "web-1", 0),
        ("pc-1", "web-1", 22),
        ("web-1", "old", 0),
    ]
    assert good.assets[1].weaknesses == (Weakness("CVE-2021-44228", 8080),)
    said = " ".join(good.assumptions)
    for part in (
        "1 asset was given twice and counts once (pc-1)",
        "1 link was given twice and counts once (pc-1 → web-1)",
        "1 link to itself was left out (web-1)",
        "1 link names a host by its name or address",
        "1 host has no link: it is compromised only where it is a source (alone)",
        "1 asset has a weakness on a port that none of its services has; the port was taken as open (old)",
    ):
        assert part in said
    assert checked(good) == good


def test_more_links_than_can_be_kept_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "MOST_LINKS", 1)
    checked(NET)
    with pytest.raises(TooLarge, match="more than 1 links"):
        checked(replace(NET, links=(*NET.links, Link("web-1", "pc-1"))))


def test_the_digest_is_of_the_content_and_of_nothing_else() -> None:
    other = Network("another name", (PC, WEB), NET.links, ("something",))
    assert digest(NET) == digest(other) == digest(checked(NET))
    changes = [
        replace(NET, links=(Link("pc-1", "web-1"),)),
        replace(NET, links=(Link("pc-1", "web-1", port=443, rate=0.0),)),
        replace(NET, assets=(WEB, replace(PC, criticality=0.5))),
        replace(NET, assets=(WEB, replace(PC, weaknesses=(Weakness("CVE-2021-44228"),)))),
    ]
    assert len({digest(one) for one in (NET, *changes)}) == 5


def test_hosts_are_found_by_id_name_and_address() -> None:
    assert [Names(NET.assets).host(text) for text in ("web-1", " WEB-1 ", "shop", "10.0.0.1")] == ["web-1"] * 4
    with pytest.raises(NotFound, match=r"'web-12' is no asset of the network; did you mean web-1"):
        Names(NET.assets).host("web-12")
    twins = Network("n", (replace(WEB, id="a"), replace(WEB, id="b")), ())
    with pytest.raises(NotFound, match="several assets"):
        Names(twins.assets).host("Shop")
    assert Names((Asset("a", "b"), Asset("b", "a"))).host("A") == "a"  # an id comes before a name


def test_jewels_are_the_most_critical() -> None:
    assert jewels(NET) == ()
    assert jewels(replace(NET, assets=(replace(WEB, criticality=0.4), replace(PC, criticality=1.0)))) == ("pc-1",)
