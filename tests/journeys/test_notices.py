"""Notices, from a file that cannot be read to the mail in somebody's box, through kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from fakes import receivers
from fakes.process import VEDETTE, clean_environment, serving, vedette, vedette_json
from servers import smtp

BROKEN = b"%PDF-1.7 and nothing more"
# Tells one event after the other, and says so of each that was taken.
TELLS = """
import sys, time
from contextlib import ExitStack
from pathlib import Path
from vedette.app_conversations import open_people
from vedette.app_notify import open_notifier
from vedette.records import Event
from vedette.settings import load
settings = load({}, Path(sys.argv[1]))
with ExitStack() as stack:
    notifier = open_notifier(settings, open_people(settings, stack))
    for number in range(100_000):
        if notifier.tell(Event("drift", f"{sys.argv[2]}-{number}", f"No. {number}", "")):
            print(f"{sys.argv[2]}-{number}", flush=True)
        time.sleep(0.02)
"""
# Sends until it is killed.
SENDS = """
import sys
from contextlib import ExitStack
from pathlib import Path
from vedette.app_notify import Bell
from vedette.settings import load
with ExitStack() as stack, Bell(load({}, Path(sys.argv[1])), stack).ringing():
    sys.stdin.read()
"""


def write_rules(data: Path, *to: str, more: str = "") -> None:
    data.mkdir(exist_ok=True)
    listed = ", ".join(f'"{one}"' for one in to)
    (data / "vedette.toml").write_text(f'{more}\n[[notify.rules]]\nname = "ops"\nto = [{listed}]\nper_hour = 10000\n')


def until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_a_file_that_cannot_be_read_is_told_to_everybody_by_the_server(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with smtp.serving() as mail, receivers.webhook() as hook, receivers.twilio() as sms:
        twilio = (
            f'[notify]\nlanguage = "es"\ntwilio_account = "{receivers.ACCOUNT}"\ntwilio_token = "{receivers.TOKEN}"\n'
            f'twilio_from = "{receivers.SENDER}"\ntwilio_url = "{sms.url}"\nwebhook_secret = "{receivers.SECRET}"\n'
        )
        to = ("mailto:ana@example.org", "sms:+34600111222", f"{hook.url}/in")
        write_rules(data, *to, more=f'[mail]\nurl = "{mail.url}"\n{twilio}')
        with serving(data) as server:
            files = {"file": ("broken.pdf", BROKEN)}
            response = httpx.post(f"{server.url}/v1/documents", files=files, headers=server.owner, timeout=60)
            assert response.json()["failed"], response.text
            until(lambda: mail.kept and hook.kept and sms.kept)
            until(lambda: {one["state"] for one in vedette_json(data, "notify", "list")["notices"]} == {"sent"})
    assert "No todo pudo leerse en la colección default" in str(mail.kept[0].message["Subject"])
    assert "broken.pdf" in mail.kept[0].message.get_content()
    assert "broken.pdf" in sms.kept[0].body["Body"]
    assert hook.kept[0].body["data"]["events"][0]["key"] == "ingest:default"
    for folder in ("logs", "."):
        for path in (data / folder).glob("*"):
            if path.is_file() and path.name != "vedette.toml":
                content = path.read_bytes()
                assert receivers.TOKEN.encode() not in content, path
                assert receivers.SECRET.encode() not in content, path


def test_a_command_without_a_server_sends_before_it_ends(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(BROKEN)
    with smtp.serving() as mail:
        write_rules(tmp_path / "data", "mailto:ana@example.org", more=f'[mail]\nurl = "{mail.url}"\n')
        done = vedette(tmp_path / "data", "ingest", str(tmp_path / "broken.pdf"), "--collection", "cv")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
    (kept,) = mail.kept
    assert kept.to == ("ana@example.org",)
    assert "cv" in str(kept.message["Subject"])


def test_a_trial_tells_what_came_of_each(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert vedette(data, "notify", "test").returncode == 3
    with smtp.serving() as mail:
        mail.fault = "unknown"
        write_rules(data, "mailto:ana@example.org", more=f'[mail]\nurl = "{mail.url}"\n')
        done = vedette(data, "notify", "test")
        assert (done.returncode, "no such mailbox" in done.stdout) == (1, True)
        mail.fault = ""
        assert vedette_json(data, "notify", "test", "--channel", "mail") == {
            "tried": [{"to": "mailto:ana@example.org", "channel": "mail", "error": ""}]
        }
        assert vedette(data, "notify", "test", "--channel", "sms").returncode == 3
    assert len(mail.kept) == 1


def _start(program: str, *arguments: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", program, *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(line, text=True, env=clean_environment(), **pipes)  # type: ignore[call-overload,no-any-return]


@pytest.mark.slow
def test_nothing_that_was_taken_is_lost_or_told_twice_through_kills(tmp_path: Path) -> None:
    """Those who tell and those who send are killed, again and again: half of the senders when the receiver has the
    message and has not said so yet. Then it gets the same message a second time, under the same id."""
    data, taken = tmp_path / "data", set[str]()
    with receivers.webhook() as hook:
        write_rules(data, f"{hook.url}/in", more=f'[notify]\nwebhook_secret = "{receivers.SECRET}"\n')
        vedette(data, "notify", "list")
        for round_ in range(6):
            teller, sender = _start(TELLS, str(data), str(round_)), _start(SENDS, str(data))
            assert teller.stdout is not None
            lines = [teller.stdout.readline().strip() for _ in range(30)]
            before, hook.fault = len(hook.kept), "late" if round_ % 2 else ""
            until(lambda before=before: len(hook.kept) > before)  # type: ignore[misc]
            os.kill(sender.pid, signal.SIGKILL)
            os.kill(teller.pid, signal.SIGKILL)
            taken |= {line for line in (*lines, *teller.communicate()[0].split()) if line}
            sender.communicate()
        hook.fault = ""
        with _start(SENDS, str(data)) as sender:
            until(lambda: {one["event"]["key"] for one in _waiting(data)} == set())
            sender.communicate("")
    told: dict[str, set[str]] = {}
    for one in hook.kept:
        for event in one.body["data"]["events"]:
            told.setdefault(event["key"], set()).add(one.headers["webhook-id"])
    ids = [one.headers["webhook-id"] for one in hook.kept]
    assert len(taken) >= 180
    assert 3 <= len(ids) - len(set(ids)) <= 6
    assert taken <= set(told)
    assert {key: ids for key, ids in told.items() if len(ids) > 1} == {}


def _waiting(data: Path) -> list[dict[str, dict[str, str]]]:
    line = [*VEDETTE, "notify", "list", "--limit", "1000", "--json", "--data", str(data)]
    done = subprocess.run(line, capture_output=True, text=True, check=True, env=clean_environment())
    return [one for one in json.loads(done.stdout)["notices"] if one["state"] == "waiting"]


def test_a_server_that_is_killed_while_it_sends_sends_when_it_is_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with smtp.serving() as mail:
        mail.fault = "hang"
        write_rules(data, "mailto:ana@example.org", more=f'[mail]\nurl = "{mail.url}"\n')
        line = [*VEDETTE, "serve", "--port", "0", "--data", str(data)]
        server = subprocess.Popen(line, stderr=subprocess.DEVNULL, env=clean_environment())
        until((data / "server.json").exists)
        announced = json.loads((data / "server.json").read_text())
        until(lambda: _answers(announced["url"]))
        owner = {"Authorization": f"Bearer {announced['token']}"}
        files = {"file": ("broken.pdf", BROKEN)}
        httpx.post(f"{announced['url']}/v1/documents", files=files, headers=owner, timeout=60)
        until(lambda: mail.sessions)
        server.kill()
        server.wait()
        assert mail.kept == []
        mail.stop()
        mail.fault = ""
        mail.start()
        (data / "server.json").unlink()
        with serving(data):
            until(lambda: mail.kept)
            until(lambda: not _waiting(data))
        assert len(mail.kept) == 1


def _answers(url: str) -> bool:
    try:
        httpx.get(f"{url}/livez", trust_env=False)
    except httpx.TransportError:
        return False
    return True
