from __future__ import annotations

from pathlib import Path

import pytest

from vedette.errors import BadInput, NotFound
from vedette.rag.load.discover import Found, discover
from vedette.rag.load.registry import ending
from vedette.records import Failure


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "docs"
    for name in ("b.md", "a.txt", "sub/c.pdf", ".hidden/d.md", ".e.md", "sub/~$f.docx", "g.exe", "LICENSE"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return root


def names(found: list[Found | Failure]) -> list[str]:
    return [item.source for item in found if isinstance(item, Found)]


def test_a_folder_is_read_sorted_without_hidden_and_foreign_files(folder: Path) -> None:
    left_out: list[str] = []
    found = list(discover(str(folder), {}, left_out=left_out.append))
    assert names(found) == ["LICENSE", "a.txt", "b.md", "sub/c.pdf"]
    assert left_out == ["g.exe"]
    assert isinstance(found[1], Found)
    assert (found[1].size, found[1].read()) == (5, b"a.txt")


def test_names_do_not_depend_on_where_the_folder_is_reached_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert names(list(discover("docs", {}))) == names(list(discover(f"{folder}/", {})))
    assert names(list(discover("docs/../docs/sub", {}))) == ["c.pdf"]


def test_a_file_is_named_by_its_file_name(folder: Path) -> None:
    assert names(list(discover(str(folder / "sub" / "c.pdf"), {}))) == ["c.pdf"]


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert list(discover(str(tmp_path), {})) == []


def test_links_out_of_the_folder_are_refused_and_the_others_go_on(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.md").write_text("secret")
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "dir").symlink_to(tmp_path / "outside")
    (folder / "dead.md").symlink_to(tmp_path / "gone.md")
    (folder / "loop").symlink_to(folder)
    (folder / "in.md").symlink_to(folder / "b.md")
    found = list(discover(str(folder), {}))
    failed = {item.path: item.reason for item in found if isinstance(item, Failure)}
    assert names(found) == ["LICENSE", "a.txt", "b.md", "in.md", "sub/c.pdf"]
    assert sorted(failed) == ["dead.md", "dir", "loop", "out.md"]
    assert "link out of the folder" in failed["out.md"]
    assert "link out of the folder" in failed["dir"]
    assert "link to nothing" in failed["dead.md"]


def test_a_name_that_is_no_utf_8_is_still_a_name(tmp_path: Path) -> None:
    (tmp_path / "caf\udce9.md").write_text("x")
    [found] = discover(str(tmp_path), {})
    assert isinstance(found, Found)
    assert found.source == "caf\\xe9.md"
    assert found.read() == b"x"


def test_names_that_cannot_be_stored_or_would_command_a_terminal_are_made_plain(tmp_path: Path) -> None:
    (tmp_path / "dead\udcff.md").symlink_to(tmp_path / "gone")
    (tmp_path / "red\x1b[31m\n.md").write_text("x")
    failure, found = discover(str(tmp_path), {})
    assert isinstance(failure, Failure)
    assert isinstance(found, Found)
    assert (failure.path, found.source) == ("dead\\xff.md", "red\\x1b[31m\\x0a.md")
    assert failure.reason.isprintable()


@pytest.mark.parametrize(
    ("target", "error", "said"),
    [("nowhere", NotFound, "no file or folder nowhere"), ("ftp://example.org/a.md", BadInput, "paths and http, s3")],
)
def test_wrong_targets(target: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        list(discover(target, {"s3": lambda url: iter(()), "http": lambda url: iter(())}))


def test_a_single_file_that_nothing_reads(folder: Path) -> None:
    with pytest.raises(BadInput, match=r"g\.exe is of a kind that is not read"):
        list(discover(str(folder / "g.exe"), {}))


def test_an_address_goes_to_its_opener() -> None:
    assert list(discover("S3://bucket/x", {"s3": lambda url: iter([Failure(url, "no")])})) == [
        Failure("S3://bucket/x", "no")
    ]


@pytest.mark.parametrize(
    ("source", "media_type", "expected"),
    [
        ("a/B.PDF", "", ".pdf"),
        ("https://example.org/report?id=1.5", "application/pdf", ".pdf"),
        ("https://example.org/page.php", "text/html; charset=utf-8", ".html"),
        ("https://example.org/guide.md#part", "text/plain", ".md"),
        ("README", "", ".txt"),
        ("binary", "", ""),
        ("a.doc", "", ""),
    ],
)
def test_what_takes_which_file(source: str, media_type: str, expected: str) -> None:
    assert ending(source, media_type) == expected
