"""The page as people use it: its components, then a real browser against real servers (`ui/e2e`)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.mailbox import receiving

UI = Path(__file__).parents[2] / "ui"
LONGEST_S = 1200
NEEDED = {"npm": "npm (Node.js 20.19 or newer)", "chromium": "chromium"}

pytestmark = pytest.mark.slow


def program(name: str) -> str:
    """Where a program is: skipped aloud where it is missing, a failure in CI."""
    found = os.environ.get(f"VEDETTE_{name.upper()}") or shutil.which(name)
    if not found:
        message = f"The page was not tested: {name} is not installed; on Debian: apt-get install {NEEDED[name]}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


def npm(*arguments: str, **extra: str) -> None:
    """Run a script of the page to its end; what it said is shown where it failed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_")} | extra
    done = subprocess.run(
        [program("npm"), *arguments],
        cwd=UI, env=environment, capture_output=True, text=True, timeout=LONGEST_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]


@pytest.fixture(scope="session")
def modules() -> None:
    """The packages of the lock file, brought once."""
    lock, brought = UI / "package-lock.json", UI / "node_modules" / ".package-lock.json"
    if not brought.exists() or brought.stat().st_mtime < lock.stat().st_mtime:
        npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")


@pytest.fixture(scope="session")
def page(modules: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, built from its sources as they are."""
    folder = tmp_path_factory.mktemp("page")
    npm("run", "build", "--", "--outDir", str(folder), "--emptyOutDir", "--logLevel", "warn")
    return folder


@pytest.mark.usefixtures("modules")
def test_components_languages_size_and_policy() -> None:
    npm("test")


@pytest.mark.parametrize("suite", sorted(path.name for path in (UI / "e2e").glob("*.test.ts")))
def test_in_a_real_browser(suite: str, page: Path, tmp_path: Path) -> None:
    given = {"PYTHON": sys.executable, "PAGE": str(page), "CHROMIUM": program("chromium"), "E2E_MAILS": str(tmp_path)}
    with receiving(tmp_path) as mailbox:
        given["E2E_SMTP"] = mailbox.url
        npm("run", "e2e", "--", suite, **{f"VEDETTE_{name}": value for name, value in given.items()})
