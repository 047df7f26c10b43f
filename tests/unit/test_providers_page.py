"""Every TOML block of docs/how-to/providers.md is a settings file that loads, and the page names every key."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from vedette.errors import SettingsError
from vedette.settings import load
from vedette.settings.providers import ProviderSettings

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "providers.md"
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
NAMED = ("gpt-4", "gemini", "Mistral-7B", '"mistral"', "tinyllama", "vllm", "llama.cpp", "llama-3-8b")


def loaded(block: str, folder: Path, keys: dict[str, str] | None = None) -> tuple[ProviderSettings, ...]:
    file = folder / "vedette.toml"
    file.write_text(block, encoding="utf-8")
    wanted = dict.fromkeys(re.findall(r'key_env = "(\w+)"', block), "a-key")
    return load(wanted if keys is None else keys, folder, file).providers


@pytest.mark.parametrize("block", BLOCKS)
def test_it_loads(block: str, tmp_path: Path) -> None:
    for provider in loaded(block, tmp_path):
        assert provider.url.startswith("http")
        assert bool(provider.key) == ("key_env" in block) or len(loaded(block, tmp_path)) > 1


def test_every_named_model_has_an_entry() -> None:
    assert [name for name in NAMED if not any(name.lower() in block.lower() for block in BLOCKS)] == []


def test_every_key_stands_in_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    known = {item.name for item in fields(ProviderSettings)} - {"key"} | {"key_env", "key_file"}
    assert [name for name in sorted(known) if f"`{name}`" not in text] == []


def test_a_key_that_is_not_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY, which is not set"):
        loaded(BLOCKS[0], tmp_path, keys={})


def test_an_unknown_wire_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="use openai or ollama"):
        loaded('[[providers]]\nname = "x"\nurl = "http://x"\nmodel = "x"\nwire = "grpc"\n', tmp_path)
