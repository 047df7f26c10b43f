"""Files that harm or that cannot be read, each made to break in its own way."""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

PAGES = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf(objects: Sequence[bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, numbered from 1."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, start))


def stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def locked_pdf() -> bytes:
    lock = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"11" * 32, b"22" * 32)
    return pdf([*PAGES, PAGE, lock, FONT], b"/Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>]")


def pdf_bomb() -> bytes:
    """Half a megabyte that is fifty of text on one page."""
    return pdf([*PAGES, PAGE, stream(b"BT /F1 9 Tf (hello) Tj ET\n" * 2_000_000), FONT])


def endless_references() -> bytes:
    """A PDF that says it has millions of pages, and whose table of references leads back to itself."""
    pages = b"<< /Type /Pages /Kids [%s] /Count 5000000 >>" % b" ".join([b"3 0 R"] * 3000)
    data = pdf([PAGES[0], pages, PAGE, stream(b"BT ET"), FONT])
    return data.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % data.index(b"xref\n0"))


def zip_bomb() -> bytes:
    """A Word file of a megabyte that unpacks to one thousand."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as entry:
            for _ in range(1000):
                entry.write(b" " * 1_000_000)
    return kept.getvalue()


def dangling_stix() -> bytes:
    """A bundle whose relationship leads to an object that is not in it."""
    technique = {
        "type": "attack-pattern",
        "id": "attack-pattern--1",
        "name": "Heron Spying",
        "description": "Adversaries may watch the heron pond to learn the heron code.",
        "external_references": [{"source_name": "mitre-attack", "external_id": "T9001"}],
    }
    relation = {
        "type": "relationship",
        "id": "relationship--1",
        "relationship_type": "mitigates",
        "source_ref": "course-of-action--gone",
        "target_ref": "attack-pattern--1",
    }
    bundle = {"type": "bundle", "id": "bundle--1", "spec_version": "2.0", "objects": [technique, relation]}
    return json.dumps(bundle).encode()


def write_bad_files(folder: Path, outside: Path) -> dict[str, str]:
    """Fill a folder; the names of those that cannot be read, each with words of the sentence that says why."""
    folder.mkdir(parents=True)
    files = {
        "locked.pdf": locked_pdf(),
        "bomb.pdf": pdf_bomb(),
        "endless.pdf": endless_references(),
        "bomb.docx": zip_bomb(),
        "nothing.txt": b"",
        "nul.txt": b"\x00\x01\x02" * 1000,
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with (folder / "huge.txt").open("wb") as handle:
        handle.truncate(100_000_000)
    os.symlink(outside, folder / "secret.txt")
    return {
        "locked.pdf": "password",
        "bomb.pdf": "given up|more than 400 MB",
        "endless.pdf": "pages|not a sound PDF|no text|password",
        "bomb.docx": "MB",
        "nothing.txt": "is empty",
        "nul.txt": "binary data",
        "huge.txt": "over the limit of 25 MB",
        "secret.txt": "symbolic link out of the folder",
    }


def write_odd_files(folder: Path) -> dict[str, str]:
    """Files that look wrong and can be read all the same, each with what is to be found in it."""
    (folder / "latin.txt").write_bytes("La clave de la cigüeña está en el campanario.\n".encode("cp1252"))
    (folder / "wide.txt").write_bytes("The egret code stands in the boat house.\n".encode("utf-16"))
    (folder / "gap.md").write_bytes(b"# Crane\n\nThe crane code\x00 is four.\n")
    (folder / "..dots..md").write_bytes(b"# Ibis\n\nThe ibis code is five.\n")
    (folder / "bundle.json").write_bytes(dangling_stix())
    return {
        "latin.txt": "cigüeña",
        "wide.txt": "egret code",
        "gap.md": "crane code is four",
        "bundle.json": "heron pond",
    }
