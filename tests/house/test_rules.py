"""The rules of the house, held against the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "vedette"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION, MOST_PARAMETERS = 400, 50, 6
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def parameters(function: Function) -> list[str]:
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return [argument.arg for argument in every if argument.arg not in ("self", "cls")]


def is_command(function: Function) -> bool:
    """A command of the CLI: its parameters are options of the user, not arguments of a caller."""
    return any(argument == "ctx" for argument in parameters(function))


@pytest.mark.parametrize("path", [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))], ids=name)
def test_modules_stay_readable_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_are_short_and_take_few_parameters(path: Path) -> None:
    for function in functions(path):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        assert length <= LONGEST_FUNCTION, f"{function.name} has {length} lines"
        if not is_command(function):
            assert len(parameters(function)) <= MOST_PARAMETERS, f"{function.name} takes {parameters(function)}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_but_settings_and_the_entry_reads_the_environment(path: Path) -> None:
    reads = re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    assert not reads or path.parent.name == "cli", "only the CLI hands the environment to settings.load"


def test_only_the_library_says_where_the_index_looks() -> None:
    """So that nobody forgets who asks: `Library.scope` puts the caller's access into every search."""
    makes = {name(path) for path in MODULES if re.search(r"(?<![\w.])Scope\(", path.read_text(encoding="utf-8"))}
    assert makes == {"src/vedette/rag/library/shelf.py"}


@pytest.mark.slow
def test_importing_opens_nothing() -> None:
    """Every module is imported with files (but for code), sockets and the environment out of reach."""
    # What libraries of others read while they are imported is their affair, so they come first: mcp asks OpenTelemetry
    # for a tracer, which looks in the environment for the one to take.
    program = """
import builtins, importlib, os, pkgutil, socket, sys
import numpy, onnxruntime, openai, fastapi, typer, rich.console, tokenizers, selectolax, docx, pypdfium2, httpx
import mcp.server, mcp.server.lowlevel, mcp.types
import alembic.command, argon2, jwt, limits.storage, limits.strategies, sqlalchemy
import numba, scipy.special, scipy.stats
import psutil, qdrant_client, s3fs, uvicorn, multipart, prometheus_client, structlog, markdown_it, yaml, Stemmer
names = [found.name for found in pkgutil.walk_packages(["src/vedette"], "vedette.")]
def refuse(*arguments, **named):
    raise AssertionError(f"import-time side effect: {arguments}")
real_open = builtins.open
def guarded(path, *arguments, **named):
    if str(path).endswith((".py", ".pyc")): return real_open(path, *arguments, **named)
    refuse("open", path)
builtins.open = guarded
socket.socket.connect = refuse
real_getitem = os.environ.__class__.__getitem__
def looked_up(environ, key):
    if key.startswith("PYDANTIC_"): return real_getitem(environ, key)  # pydantic asks whenever a model is declared
    refuse("environ", key)
os.environ.__class__.__getitem__ = looked_up
import threading
threading.Thread.start = refuse
for name in names:
    if name != "vedette.__main__" and not name.endswith("load.child"):
        importlib.import_module(name)
print(len(names))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 50


def test_the_arrow_line_names_modules_or_records() -> None:
    line = ast.get_docstring(ast.parse((SOURCE / "rag" / "__init__.py").read_text(encoding="utf-8")))
    steps = (line or "").splitlines()[0].split(" -> ")
    assert steps == ["load", "split", "embed", "index", "retrieve", "scope", "answer", "verify"]
    for step in steps:
        assert (SOURCE / "rag" / f"{step}.py").exists() or (SOURCE / "rag" / step).is_dir(), step


def test_the_tree_of_the_readme_is_on_the_disk() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = readme.split("## The tree")[1].split("```")[1]
    for line in tree.splitlines()[1:]:
        top = re.match(r"^(\S+/)", line)
        inside = re.match(r"^  (\S+)  ", line)
        if inside:
            assert (SOURCE / inside[1]).exists(), line
        elif top:
            assert (ROOT / top[1]).is_dir(), line


def test_nothing_of_the_workplace_stands_in_the_project() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    tracked = listed.stdout.split("\n")
    registries = "|".join(("py" + "pi", "python" + "hosted", "npm" + "js"))
    forbidden = re.compile(rf"(^|[^\w.-])/(work|farm)/|({registries})\.(org|com|io)")
    for file in filter(None, tracked):
        path = ROOT / file
        if file.startswith("examples/") or path.suffix in (".onnx", ".npz", ".png") or not path.is_file():
            continue
        found = forbidden.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{file}: {found.group(0) if found else ''}"


def test_no_non_commercial_text_is_shipped() -> None:
    for path in (ROOT / "examples").rglob("*"):
        if path.is_file() and path.suffix in (".md", ".txt", ".json", ".jsonl", ".yml", ".csv"):
            assert "cti-mcq" not in path.read_text(encoding="utf-8", errors="replace")
