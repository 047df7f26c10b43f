"""Coming in over HTTP: tokens, cookies, keys; what strangers can learn, which is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from fakes.bureau import OTHER
from fakes.door import CONFIG, PASSWORD, Door, opened_door
from fakes.knowledge import ID
from fakes.people import house
from fakes.server import serving_app
from vedette.accounts.office import Rules
from vedette.accounts.service import LocalAccounts
from vedette.records import AccountChange
from vedette.web.api import create_app

READER = {"email": "reader@example.org", "password": PASSWORD}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with opened_door(tmp_path) as opened:
        yield opened


def bearer(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 200, response.text
    return {"Authorization": f"Bearer {response.json()['access_token']}"}


def name(door: Door, header: dict[str, str]) -> str | None:
    answer = door.http.get("/v1/me", headers=header)
    return answer.json()["person"]["name"] if answer.status_code == 200 else None


def test_the_page_signs_in_carries_on_and_leaves(door: Door) -> None:
    assert door.http.get("/v1/me").json() == {
        "sign_in": True, "person": None, "registration": True, "version": "1.2.3",
        "roles": ["reader", "editor", "admin"], "mail": False, "training": "ask", "language_default": "",
    }  # fmt: skip
    signed = door.http.post("/v1/auth/login", json=READER)
    assert set(signed.json()) == {"access_token", "token_type", "expires_in"}
    assert (signed.json()["token_type"], signed.json()["expires_in"]) == ("bearer", 24 * 3600)
    assert name(door, bearer(signed)) == "reader"
    carried = door.http.post("/v1/auth/refresh")
    assert name(door, bearer(carried)) == "reader"
    assert door.http.post("/v1/auth/logout", headers=bearer(carried)).status_code == 204
    assert door.http.cookies.get("vedette_refresh") is None
    for token in (signed, carried):
        assert name(door, bearer(token)) is None
    assert door.http.post("/v1/auth/refresh").status_code == 401


def test_the_refresh_token_is_where_no_script_and_no_other_site_finds_it(door: Door) -> None:
    signed = door.http.post("/v1/auth/login", json=READER)
    cookie = signed.headers.get_list("set-cookie")[0]
    value, *attributes = (part.strip() for part in cookie.lower().split(";"))
    assert value.startswith("vedette_refresh=")
    assert {"httponly", "samesite=strict", "path=/v1/auth", "max-age=1209600"} == set(attributes)
    assert signed.cookies["vedette_refresh"] not in signed.text
    foreign = door.http.post("/v1/auth/refresh", headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert door.http.post("/v1/auth/refresh").status_code == 200


def test_over_https_the_cookie_is_secure(tmp_path: Path) -> None:
    with opened_door(tmp_path, replace(CONFIG, secure=True)) as door:
        cookies = door.http.post("/v1/auth/login", json=READER).headers.get_list("set-cookie")
    assert all("secure" in {part.strip().lower() for part in cookie.split(";")} for cookie in cookies)


def test_scripts_see_that_another_refresh_token_came_but_not_which(door: Door) -> None:
    signed = door.http.post("/v1/auth/login", json=READER)
    first, token = signed.cookies["vedette_turn"], signed.cookies["vedette_refresh"]
    hidden, shown = signed.headers.get_list("set-cookie")
    assert ["httponly" in cookie.lower() for cookie in (hidden, shown)] == [True, False]
    assert "samesite=strict" in shown.lower()
    carried = door.http.post("/v1/auth/refresh")
    assert carried.cookies["vedette_turn"] != first
    assert first not in token + signed.text
    assert door.http.post("/v1/auth/logout", headers=bearer(carried)).status_code == 204
    assert door.http.cookies.get("vedette_turn") is None


def test_a_refresh_token_used_twice_ends_the_session_and_the_cookie(door: Door) -> None:
    first = door.http.post("/v1/auth/login", json=READER)
    stolen = f"vedette_refresh={first.cookies['vedette_refresh']}"
    second = door.http.post("/v1/auth/refresh")
    door.http.cookies.clear()
    reused = door.http.post("/v1/auth/refresh", headers={"Cookie": stolen})
    assert reused.status_code == 401
    assert 'vedette_refresh=""' in reused.headers["set-cookie"]
    assert "www-authenticate" in reused.headers
    assert name(door, bearer(second)) is None


def test_the_form_of_the_authorize_button_signs_in_too(door: Door) -> None:
    form = {"grant_type": "password", "username": READER["email"], "password": PASSWORD, "scope": "", "client_id": ""}
    for path in ("/v1/auth/login", "/login"):
        assert name(door, bearer(door.http.post(path, data=form))) == "reader"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"", "application/json"), (b"[]", "application/json"), (b'{"email": 1, "password": "x"}', "application/json"),
     (b"\xff", "application/json"), (b"username=a", "application/x-www-form-urlencoded"),
     (b"%ff=%ff", "application/x-www-form-urlencoded"), (b"", "multipart/form-data; boundary=b")],
)  # fmt: skip
def test_a_malformed_sign_in_is_one_sentence(door: Door, content: bytes, kind: str) -> None:
    answer = door.http.post("/v1/auth/login", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]["class"]) == (400, "BadInput")
    assert "password" in answer.json()["error"]["message"]


def seen(response: httpx.Response) -> tuple[object, ...]:
    """All that a stranger sees of an answer, but for its number and its hour."""
    headers = {key: value for key, value in response.headers.items() if key not in ("x-request-id", "date")}
    return response.status_code, response.content, headers


def test_strangers_do_not_learn_whether_an_account_exists(door: Door) -> None:
    door.bureau.accounts.change(door.people["other"].id, AccountChange(disabled=True), "test")
    emails = ("reader@example.org", "other@example.org", "nobody@example.org")
    for path, body in (
        ("/v1/auth/login", {"password": "wrong password"}),
        ("/v1/auth/forgot", {}),
        ("/v1/auth/register", {"password": OTHER, "name": "X"}),
    ):
        answers = [seen(door.http.post(path, json={"email": email, **body})) for email in emails]
        assert answers[0] == answers[1] == answers[2], path
    for key in ("email", "username"):
        forms = [seen(door.http.post("/login", data={key: email, "password": "wrong"})) for email in emails]
        assert forms[0] == forms[1] == forms[2]


def test_forgot_and_reset_end_every_session(door: Door) -> None:
    before = bearer(door.http.post("/v1/auth/login", json=READER))
    assert door.http.post("/forgot-password", json={"email": READER["email"]}).status_code == 204
    link = {"token": door.bureau.link(), "password": OTHER}
    assert door.http.post("/v1/auth/reset", json={**link, "password": "short"}).status_code == 400
    assert door.http.post("/v1/auth/reset", json=link).status_code == 204
    assert door.http.post("/v1/auth/reset", json=link).status_code == 401
    assert name(door, before) is None
    assert door.http.post("/v1/auth/login", json=READER).status_code == 401
    assert door.http.post("/v1/auth/login", json={**READER, "password": OTHER}).status_code == 200


def test_a_changed_password_ends_all_sessions_but_this(door: Door) -> None:
    elsewhere, here = door.sign_in("reader"), door.sign_in("reader")
    body = {"old": PASSWORD, "new": OTHER}
    assert door.http.post("/v1/auth/password", json={**body, "old": "wrong"}, headers=here).status_code == 403
    changed = door.http.post("/change-password", json=body, headers=here)
    assert name(door, bearer(changed)) == "reader"
    assert "vedette_refresh=" in changed.headers["set-cookie"]
    assert name(door, elsewhere) is name(door, here) is None


def test_who_may_register_is_said_before_anybody_signs_in(tmp_path: Path) -> None:
    with house(tmp_path) as (services, bureau):
        closed = LocalAccounts(replace(bureau.office, rules=Rules()))
        for accounts, open_to_all in ((bureau.accounts, True), (closed, False)):
            with serving_app(create_app(replace(services, accounts=accounts), CONFIG)) as url:
                assert httpx.get(f"{url}/v1/me", trust_env=False).json()["registration"] is open_to_all


def test_the_language_of_whoever_has_chosen_none_is_said_before_anybody_signs_in(tmp_path: Path) -> None:
    with house(tmp_path) as (services, _), serving_app(create_app(services, replace(CONFIG, language="es"))) as url:
        assert httpx.get(f"{url}/v1/me", trust_env=False).json()["language_default"] == "es"


def test_an_admin_hands_over_a_link(door: Door) -> None:
    admin, person = door.session("admin"), door.people["reader"]
    place = f"/v1/admin/people/{person.id}/reset-link"
    before = bearer(door.http.post("/v1/auth/login", json=READER))
    made = door.http.post(place, headers=admin)
    assert (made.status_code, set(made.json())) == (201, {"link"})
    address, _, token = made.json()["link"].partition("#token=")
    assert address == "https://vedette.example/reset"
    assert name(door, before) == "reader"  # nothing changes until the link is used
    line = door.http.get("/v1/admin/audit", params={"limit": 1}, headers=admin).json()["entries"][0]
    assert (line["actor"], line["action"], line["target"]) == (door.people["admin"].id, "password.link", person.id)
    assert token not in door.http.get("/v1/admin/audit", headers=admin).text
    door.bureau.run()
    assert door.bureau.mails == []
    assert door.http.post("/v1/auth/reset", json={"token": token, "password": OTHER}).status_code == 204
    assert name(door, before) is None
    assert door.http.post("/v1/auth/login", json={**READER, "password": OTHER}).status_code == 200
    assert door.http.post("/v1/admin/people/none/reset-link", headers=admin).status_code == 404


def test_a_new_account_reads_and_no_more(door: Door) -> None:
    new = {"email": "new@example.org", "password": OTHER, "name": "New"}
    assert door.http.post("/register", json=new).status_code == 204
    header = bearer(door.http.post("/login", json={"email": new["email"], "password": OTHER}))
    assert door.http.get("/v1/me", headers=header).json()["person"]["role"] == "reader"
    assert door.http.delete("/v1/documents/x", headers=header).status_code == 403
    renamed = door.http.patch("/v1/me", json={"name": "Newt", "language": "es"}, headers=header).json()
    assert (renamed["name"], renamed["language"]) == ("Newt", "es")


def test_sessions_are_listed_and_ended(door: Door) -> None:
    here = bearer(door.http.post("/v1/auth/login", json=READER, headers={"User-Agent": "Firefox"}))
    there = door.sign_in("reader")
    listed = door.http.get("/v1/auth/sessions", headers=here).json()["sessions"]
    current = [one for one in listed if one["current"]]
    assert [(one["device"], one["address"]) for one in current] == [("Firefox", "127.0.0.1")]
    (other,) = (one for one in listed if not one["current"])
    assert door.http.delete(f"/v1/auth/sessions/{other['id']}", headers=here).status_code == 204
    assert name(door, there) is None
    assert name(door, here) == "reader"


def test_a_key_is_shown_once_works_and_is_revoked(door: Door) -> None:
    header = door.sign_in("reader")
    made = door.http.post("/v1/auth/keys", json={"name": "cron", "days": 30}, headers=header)
    assert made.status_code == 201
    secret, info = made.json()["secret"], made.json()["key"]
    listed = door.http.get("/v1/auth/keys", headers=header)
    assert [one["name"] for one in listed.json()["keys"]] == ["cron"]
    assert secret not in listed.text
    key = {"Authorization": f"Bearer {secret}"}
    assert name(door, key) == "reader"
    assert door.http.delete(f"/v1/auth/keys/{info['id']}", headers=header).status_code == 204
    assert name(door, key) is None


def test_admins_make_change_and_remove_accounts(door: Door) -> None:
    admin = door.session("admin")
    new = {"email": "new@example.org", "password": OTHER, "name": "New", "role": "reader"}
    made = door.http.post("/v1/admin/people", json=new, headers=admin)
    assert made.status_code == 201
    assert door.http.post("/v1/admin/people", json=new, headers=admin).status_code == 409
    person = f"/v1/admin/people/{made.json()['id']}"
    theirs = bearer(door.http.post("/v1/auth/login", json={"email": new["email"], "password": OTHER}))
    door.begin(theirs)
    change = {"role": "editor", "groups": ["cert"], "clearance": "AMBER"}
    changed = door.http.patch(person, json=change, headers=admin).json()
    assert (changed["role"], changed["groups"], changed["clearance"]) == ("editor", ["cert"], "AMBER")
    assert door.http.delete("/v1/documents/x", headers=theirs).status_code == 404
    assert door.http.patch(person, json={"disabled": True}, headers=admin).json()["disabled"] is True
    assert name(door, theirs) is None
    assert door.http.delete(person, headers=admin).status_code == 204
    assert door.http.delete(person, headers=admin).status_code == 404
    assert door.services.conversations.list(made.json()["id"]) == ()
    mine = f"/v1/admin/people/{door.people['admin'].id}"
    assert door.http.patch(mine, json={"role": "reader"}, headers=admin).status_code == 409
    actions = [one["action"] for one in door.http.get("/v1/admin/audit", headers=admin).json()["entries"]]
    assert any("remove" in action for action in actions)


def test_what_is_done_to_documents_stands_in_the_audit_log(door: Door) -> None:
    editor, admin = door.session("editor"), door.session("admin")
    door.http.post("/v1/documents", files={"file": ("a.md", b"a")}, headers=editor).raise_for_status()
    sharing = {"readers": ["group:cert"], "tlp": "AMBER"}
    shared = door.http.patch(f"/v1/documents/{ID}/sharing", json=sharing, headers=editor)
    assert shared.json()["sharing"] == sharing
    door.http.patch("/v1/collections/default", json={"readers": ["everyone"]}, headers=editor).raise_for_status()
    door.http.delete(f"/v1/documents/{ID}", headers=editor).raise_for_status()
    failed = {"collection": "default", "source": "bad.pdf"}
    door.http.delete("/v1/failures", params=failed, headers=editor).raise_for_status()
    assert door.http.delete("/v1/collections/default", headers=admin).json() == {"removed": 1}
    entries = door.http.get("/v1/admin/audit", params={"limit": 7}, headers=admin).json()["entries"]
    done = [(one["actor"], one["action"]) for one in entries if not one["action"].startswith("sign")]
    ours, theirs = door.people["editor"].id, door.people["admin"].id
    assert done == [
        (theirs, "collection.remove"), (ours, "failure.dismiss"), (ours, "document.remove"),
        (ours, "collection.share"), (ours, "document.share"), (ours, "document.upload"),
    ]  # fmt: skip
    assert door.bureau.accounts.verify_audit().broken is None
