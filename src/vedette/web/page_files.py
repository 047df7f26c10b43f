"""The built page: hashed assets that browsers keep for a year, everything else asked for anew."""

from __future__ import annotations

import gzip
import mimetypes
import threading
from hashlib import sha256
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response

PACKAGED = Path(__file__).parent / "page"
HASHED = "assets/"
FOREVER = "public, max-age=31536000, immutable"
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")
NOT_PAGES = ("/v1/", "/assets/", "/pdfjs/")
TYPES = {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".bcmap": "application/octet-stream",
}


class PageFiles:
    """The files of the folder that the page was built into, each read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._names = {
            path.relative_to(folder).as_posix(): path
            for path in folder.rglob("*")
            if path.is_file() and not path.relative_to(folder).as_posix().startswith(".")
        }
        self._read: dict[str, _File] = {}
        self._lock = threading.Lock()

    def index(self) -> Response:
        """The page itself, never kept: it names the assets of the day."""
        return Response(self._file("index.html").data, media_type="text/html", headers={"cache-control": "no-store"})

    def find(self, request: Request) -> Response | None:
        """What a GET that is no route means: a file of the page, or a place inside it; None when neither."""
        name = request.url.path.lstrip("/")
        if request.method != "GET":
            return None
        if name in self._names and name != "index.html":
            return self._answer(name, request)
        visited = "text/html" in request.headers.get("accept", "")
        return self.index() if visited and not request.url.path.startswith(NOT_PAGES) else None

    def _answer(self, name: str, request: Request) -> Response:
        file = self._file(name)
        headers = {
            "cache-control": FOREVER if name.startswith(HASHED) else "no-cache",
            "etag": file.tag,
            "vary": "accept-encoding",
        }
        if request.headers.get("if-none-match") == file.tag:
            return Response(status_code=304, headers=headers)
        if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.packed, media_type=file.media_type, headers={**headers, "content-encoding": "gzip"})
        return Response(file.data, media_type=file.media_type, headers=headers)

    def _file(self, name: str) -> _File:
        with self._lock:
            if name not in self._read:
                self._read[name] = _File(self._names[name])
            return self._read[name]


class _File:
    """One file, and its gzip where that is smaller."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        self.tag = f'"{sha256(self.data).hexdigest()[:16]}"'
        self.media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        packed = gzip.compress(self.data, 9, mtime=0) if self.media_type.startswith(COMPRESSED) else b""
        self.packed = packed if 0 < len(packed) < len(self.data) else b""


def opened_page(folder: Path | None) -> PageFiles | None:
    """The page in a folder; None where none was built."""
    return PageFiles(folder) if folder is not None and (folder / "index.html").is_file() else None
