"""Collections of BloodHound, in their old and new shapes."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from vedette.errors import BadInput, TooLarge
from vedette.spread import formats
from vedette.spread import network as networks
from vedette.spread.formats import bloodhound

DOMAIN = "S-1-5-21-1-2-3"
DC, FILES, PC, OLD = (f"{DOMAIN}-{rid}" for rid in (1000, 1001, 1002, 1003))
ANA, HELPDESK, TIER2 = (f"{DOMAIN}-{rid}" for rid in (1100, 1200, 1201))
Shape = dict[str, Any]


def results(*sids: str) -> Shape:
    return {
        "Collected": True,
        "FailureReason": None,
        "Results": [{"ObjectIdentifier": s, "ObjectType": "x"} for s in sids],
    }


def sessions(*pairs: tuple[str, str]) -> Shape:
    return {"Collected": True, "Results": [{"UserSID": user, "ComputerSID": computer} for user, computer in pairs]}


def computer(sid: str, name: str, **more: Any) -> Shape:
    properties = {
        "name": f"{name}.CORP.LOCAL",
        "enabled": more.pop("enabled", True),
        "haslaps": more.pop("haslaps", False),
    }
    return {"ObjectIdentifier": sid, "PrimaryGroupSID": f"{DOMAIN}-515", "Properties": properties, "Aces": [{}], **more}


USERS = [{"ObjectIdentifier": ANA, "Properties": {"name": "ANA@CORP.LOCAL"}, "PrimaryGroupSID": f"{DOMAIN}-513"}]
GROUPS = [  # two groups that are in each other
    {"ObjectIdentifier": HELPDESK, "Members": [{"ObjectIdentifier": ANA}, {"ObjectIdentifier": TIER2}]},
    {"ObjectIdentifier": TIER2, "Members": [{"ObjectIdentifier": HELPDESK}]},
]
LEGACY = [
    computer(DC, "DC", PrimaryGroupSID=f"{DOMAIN}-516", LocalAdmins=results(f"{DOMAIN}-512")),
    computer(FILES, "FILES", LocalAdmins=results(TIER2), RemoteDesktopUsers=results(f"{DOMAIN}-515"), haslaps=True),
    computer(PC, "PC", Sessions=sessions((ANA, PC))),
    computer(OLD, "OLD", enabled=False, LocalAdmins=results(ANA)),
]
NEW = [
    computer(DC, "DC", IsDC=True, PrimaryGroupSID=f"{DOMAIN}-516", LocalGroups=[
        {"ObjectIdentifier": f"{DC}-544", **results(f"{DOMAIN}-512")},
    ]),
    computer(FILES, "FILES", haslaps=True, LocalGroups=[
        {"Name": "ADMINISTRATORS@FILES", "ObjectIdentifier": f"{FILES}-544", **results(TIER2)},
        {"Name": "REMOTE DESKTOP USERS@FILES", "ObjectIdentifier": f"{FILES}-555", **results(f"{DOMAIN}-515")},
        {"Name": "USERS@FILES", "ObjectIdentifier": f"{FILES}-545", **results(f"{DOMAIN}-513")},
    ]),
    computer(PC, "PC", PrivilegedSessions=sessions((ANA, PC))),
    computer(OLD, "OLD", enabled=False),
]  # fmt: skip
OLDEST = {
    "computers": {"computers": [
        computer(DC, "DC", PrimaryGroupSid=f"{DOMAIN}-516", highvalue=True),
        computer(FILES, "FILES", haslaps=True, LocalAdmins=[{"MemberId": TIER2}],
                 RemoteDesktopUsers=[{"MemberId": f"{DOMAIN}-515", "MemberType": "Group"}]),
        computer(PC, "PC", Sessions=[{"UserId": ANA, "ComputerId": PC}]),
    ], "meta": {"type": "computers", "version": 3}},
    "groups": {"groups": [
        {"ObjectIdentifier": HELPDESK, "Members": [{"MemberId": ANA}]},
        {"ObjectIdentifier": TIER2, "Members": [{"MemberId": HELPDESK}]},
    ], "meta": {"type": "groups", "version": 3}},
}  # fmt: skip


def files(computers: list[Shape], version: int) -> dict[str, bytes]:
    parts = {"computers": computers, "users": USERS, "groups": GROUPS}
    return {
        f"2026_{kind}.json": json.dumps(
            {"data": rows, "meta": {"methods": 0, "type": kind, "count": len(rows), "version": version}}
        ).encode()
        for kind, rows in parts.items()
    }


def pairs(given: dict[str, bytes]) -> set[tuple[str, str]]:
    found = formats.read(given, "corp")
    assert {link.kind for link in found.links} == {"credential"}
    return {(link.source.partition(".")[0], link.target.partition(".")[0]) for link in found.links}


@pytest.mark.parametrize("given", [files(LEGACY, 4), files(NEW, 6)], ids=["legacy", "ce"])
def test_sessions_and_rights_become_links(given: dict[str, bytes]) -> None:
    # Ana, signed in on pc, administers files by two groups that are in each other. The accounts of computers may sign
    # in to files by RDP, but for the domain controller's, whose primary group is another one.
    assert pairs(given) == {("pc", "files")}
    found = formats.read(given, "corp")
    assets = {asset.id: asset for asset in found.assets}
    assert list(assets) == ["dc.corp.local", "files.corp.local", "pc.corp.local"]
    assert assets["dc.corp.local"].criticality == 1.0
    assert assets["files.corp.local"].controls == ("laps",)
    said = " ".join(found.assumptions)
    assert "1 disabled computer was left out" in said
    assert "4 rights on objects (ACEs)" in said
    assert "All count alike" in said
    assert "itself" not in said  # no computer leads to itself, whoever is signed in there


def test_the_account_of_a_computer_opens_what_its_group_may() -> None:
    computers = [computer(PC, "PC"), computer(FILES, "FILES", LocalAdmins=results(f"{DOMAIN}-515"))]
    assert pairs(files(computers, 5)) == {("pc", "files")}


def test_everybody_is_everybody() -> None:
    computers = [computer(PC, "PC"), computer(DC, "DC"), computer(FILES, "FILES", DcomUsers=results("CORP-S-1-5-11"))]
    assert pairs(files(computers, 5)) == {("pc", "files"), ("dc", "files")}


def test_a_session_counts_where_it_is() -> None:
    computers = [
        computer(DC, "DC", Sessions=sessions((ANA, PC))),  # seen from the domain controller
        computer(PC, "PC"),
        computer(FILES, "FILES", PSRemoteUsers=results(ANA)),
    ]
    assert pairs(files(computers, 5)) == {("pc", "files")}


def test_the_oldest_shape() -> None:
    assert pairs({f"{kind}.json": json.dumps(data).encode() for kind, data in OLDEST.items()}) == {
        ("dc", "files"),
        ("pc", "files"),
    }


def test_a_zip_is_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files(NEW, 6).items():
            archive.writestr(name, content)
        archive.writestr("notes.txt", "x")
    assert pairs({"collection.zip": packed.getvalue()}) == {("pc", "files")}
    with pytest.raises(BadInput, match="cannot be unpacked"):
        formats.read({"collection.zip": packed.getvalue()[:200]})


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "MOST_LINKS", 0)
    with pytest.raises(TooLarge):
        formats.read(files(NEW, 6))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("computers.json", " " * 100_000)
    monkeypatch.setattr(bloodhound, "MOST_UNPACKED", 1000)
    with pytest.raises(TooLarge, match="unpacks to more than"):
        formats.read({"c.zip": packed.getvalue()})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"data": [], "meta": {"type": "computers", "version": 6}}', "has no computers"),
        ('{"data": [{"Properties": {}}], "meta": {"type": "computers"}}', "without ObjectIdentifier"),
        ('{"data": [1], "meta": {"type": "users"}}', "is no collection of BloodHound"),
        ('{"data": [], "meta": {"type": "azure", "version": 6}}', "collection of Azure"),
        (
            '{"data": [{"ObjectIdentifier": "S-1", "Sessions": 3}], "meta": {"type": "computers"}}',
            "has '3' in place of",
        ),
        (
            '{"data": [{"ObjectIdentifier": "S-1", "Aces": [1]}], "meta": {"type": "users"}}',
            "in place of a list of obj",
        ),
    ],
)
def test_what_does_not_fit_is_named(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        formats.read({"c.json": text.encode()})
    assert sentence in caught.value.message
