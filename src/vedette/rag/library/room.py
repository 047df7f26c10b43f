"""Whether there is room for what the embedded engine does with its files, before it does it.

The engine maps its files into memory and reads them ahead: a page that finds no room ends the process (SIGBUS) where a
write would have been an error. On a disk a hole in a file takes no room when it is read; in memory it does.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

from vedette.errors import StorageError

LEAST_FREE = 50_000_000  # on the disk, before anything is written
BYTES_A_CHUNK = 20_000  # of room for a chunk on its way in, written several times over (log, segments, catalogue)
EMPTY_INDEX = 20_000_000
# What the engine reads ahead of a segment, as measured with qdrant-edge-py 0.9.
READ_AHEAD = ("vector_storage-dense", "payload_index")
IN_MEMORY = ("tmpfs", "ramfs")


def require_room_to_write(chunks: int, folder: Path) -> None:
    """Raise StorageError unless a data folder has room to write so many chunks."""
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE + chunks * BYTES_A_CHUNK:
        raise StorageError(
            f"Only {free // 1_000_000} MB are free in {folder}; make room and run it again: nothing stored is lost."
        )


def require_room_to_open(index: Path) -> None:
    """Raise StorageError unless there is room to open the index in a folder, or to make it there.

    Only a file system in memory can lack it.
    """
    mounts = {found.mountpoint: found.fstype for found in psutil.disk_partitions(all=True)}
    if file_system(index, mounts) not in IN_MEMORY:
        return
    read = [path for name in READ_AHEAD for path in index.glob(f"*/segments/*/{name}/**/*") if path.is_file()]
    needed = holes(read) if read else EMPTY_INDEX
    free = shutil.disk_usage(next(path for path in (index, *index.parents) if path.exists())).free
    if free < needed:
        raise StorageError(
            f"Only {free // 1_000_000} MB of memory are free in {index.parent}, where opening takes "
            f"{needed // 1_000_000}; make room and run it again: nothing stored is lost."
        )


def holes(files: Iterable[Path]) -> int:
    """Bytes of files that were never written."""
    stats = [path.stat() for path in files]
    return sum(max(0, stat.st_size - stat.st_blocks * 512) for stat in stats)


def file_system(path: Path, mounts: Mapping[str, str]) -> str:
    """The kind of file system that a path is on. `mounts`: mount point -> kind.

    >>> file_system(Path("/run/vedette/index"), {"/": "ext4", "/run": "tmpfs"})
    'tmpfs'
    """
    within = [point for point in mounts if path.absolute().is_relative_to(point)]
    return mounts[max(within, key=len)] if within else ""
