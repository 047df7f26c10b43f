"""Networks out of the files that other tools write: one reader for each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Any, Literal, get_args

from vedette.errors import BadInput, TooLarge
from vedette.records import Network
from vedette.spread.formats import archive, bloodhound, graphs, nmap, own, tables
from vedette.spread.network import checked

Format = Literal["csv", "json", "graphml", "nmap", "bloodhound"]
MOST_BYTES = 512 * 2**20
_READERS: dict[Format, Callable[[Mapping[str, bytes], str], Network]] = {
    "csv": tables.read,
    "json": own.read,
    "graphml": graphs.read_graphml,
    "nmap": nmap.read,
}


def read(
    files: Mapping[str, bytes], name: str = "", format: str = "", unpacked: int = bloodhound.MOST_UNPACKED
) -> Network:
    """The checked network of some files, by name. `format` is csv, json, graphml, nmap or bloodhound; "" finds out.
    `name` of the network: "" takes the one in the file, or the file's. What is in zips has up to `unpacked` bytes.
    Raises BadInput, TooLarge."""
    if not files:
        raise BadInput("There is no file to read a network from; give at least one.")
    if sum(map(len, files.values())) > MOST_BYTES:
        raise TooLarge(f"The files have more than {MOST_BYTES // 2**20} MB; give the network of one site or domain.")
    empty = [file for file, content in files.items() if not content.strip()]
    if empty:
        raise BadInput(f"{empty[0]} is empty; leave it out, or save it again.")
    chosen = _format(format) if format else detect(files)
    readers = _READERS | {"bloodhound": partial(bloodhound.read, most=unpacked)}
    network = readers[chosen](files, name)
    return checked(network if network.name else replace(network, name=_stem(files)))


def of_networkx(graph: Any, name: str) -> Network:
    """The checked network of a graph of networkx, of any kind: attributes of its nodes and edges are those of assets
    and links; an edge of an undirected graph leads both ways. Raises BadInput, TooLarge."""
    return checked(graphs.of_networkx(graph, name))


def detect(files: Mapping[str, bytes]) -> Format:
    """The format of some files, by their beginnings. Raises BadInput where they are of none, or of several."""
    found = {file: _one(file, content) for file, content in files.items()}
    kinds = set(found.values())
    if kinds <= {"json", "bloodhound"} and "bloodhound" in kinds:
        return "bloodhound"
    if len(kinds) > 1:
        said = ", ".join(f"{file} ({kind})" for file, kind in found.items())
        raise BadInput(f"These files are of several formats: {said}; read those of one at a time.")
    return kinds.pop()


def _one(file: str, content: bytes) -> Format:
    if archive.is_zip(content):
        return "bloodhound"
    begin = content[:65_536].removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin[:1] == b"<":
        if b"<graphml" in begin:
            return "graphml"
        if b"<nmaprun" in begin:
            return "nmap"
        raise BadInput(f"{file} is XML, but neither of nmap (<nmaprun>) nor GraphML (<graphml>); give one of these.")
    if begin[:1] in (b"{", b"["):
        return "bloodhound" if bloodhound.recognises(content) else "json"
    return "csv"


def _format(given: str) -> Format:
    for known in get_args(Format):
        if given.strip().lower() == known:
            found: Format = known
            return found
    raise BadInput(f"{given!r} is no format of networks; there are {', '.join(get_args(Format))}.")


def _stem(files: Mapping[str, bytes]) -> str:
    return PurePath(next(iter(files))).stem
