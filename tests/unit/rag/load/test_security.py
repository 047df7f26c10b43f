"""Which format a file has, what becomes of unknown ones, and bad input."""

from __future__ import annotations

import json

import pytest

from vedette.errors import LoadError, TooLarge
from vedette.rag.load import security
from vedette.records import Document


def only(read: security.Records) -> Document:
    (one,) = read
    assert isinstance(one, Document)
    return one


def test_unknown_json_becomes_a_readable_page() -> None:
    value = {"name": "Inventory", "site": "Lyon", "hosts": [{"id": "db1", "ip": "10.0.0.1"}, "spare"], "empty": {}}
    one = only(security.read_json(json.dumps(value).encode(), "inventory.json"))
    assert one.kind == "prose"
    assert one.title == "Inventory"
    assert one.text == "Inventory\n\nname: Inventory\nsite: Lyon\n\nhosts\n\ndb1\n\nid: db1\nip: 10.0.0.1\n\n- spare"


def test_unknown_yaml_keeps_what_stands_in_the_file() -> None:
    one = only(security.read_yaml(b"enabled: no\nsince: 2019-10-12\nmode: 0644\n", "app_settings.yaml"))
    assert one.text == "app settings\n\nenabled: no\nsince: 2019-10-12\nmode: 0644"


def test_formats_are_known_by_their_content_not_their_name() -> None:
    kev = {"vulnerabilities": [{"cveID": "CVE-2021-44228"}]}
    assert only(security.read_json(json.dumps(kev).encode(), "x.json")).kind == "kev"
    lookalike = {"vulnerabilities": [{"name": "weak lock"}]}
    assert only(security.read_json(json.dumps(lookalike).encode(), "x.json")).kind == "prose"
    assert only(security.read_json(b'{"type": "bundle", "objects": [{"type": "indicator"}]}', "x.json")).kind == "prose"


@pytest.mark.parametrize("data", [b"", b"{", b"[1, 2", b"{}", b"[]", b"null", b'{"a": ""}', b"[" * 100_000])
def test_bad_json_is_one_clear_error(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"x\.json"):
        list(security.read_json(data, "x.json"))


@pytest.mark.parametrize("data", [b"", b"a: [1", b"---\n---\n", b"\t- x", b"&a [*a, *b]"])
def test_bad_yaml_is_one_clear_error(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"x\.yaml"):
        list(security.read_yaml(data, "x.yaml"))


def test_yaml_that_contains_itself_or_explodes_is_refused() -> None:
    with pytest.raises(LoadError):
        list(security.read_yaml(b"&a [*a]", "x.yaml"))
    bomb = "a0: &a0 [lol, lol, lol]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    with pytest.raises(TooLarge):
        list(security.read_yaml(bomb.encode(), "x.yaml"))


def test_characters_that_cannot_be_stored_are_dropped_everywhere() -> None:
    odd = "A\x00B\ud800C"
    entry = {"cveID": "CVE-2021-1234", "vendorProject": odd, "cwes": [odd], "shortDescription": odd}
    for value in ({"vulnerabilities": [entry]}, {"title": odd, odd: odd, "list": [odd, {odd: odd}]}):
        one = only(security.read_json(json.dumps(value).encode(), "x.json"))
        assert json.dumps([one.title, dict(one.metadata)], ensure_ascii=False).encode()
        assert "\x00" not in one.text
        assert one.text.encode()
        assert "ABC" in one.text
