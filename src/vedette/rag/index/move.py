"""index -> index: every entry with its vectors, so that nothing is embedded again."""

from __future__ import annotations

from collections.abc import Callable

from vedette.errors import Conflict, StorageError
from vedette.rag.index.contract import Index


def move(source: Index, target: Index, report: Callable[[int], None]) -> int:
    """Copy all entries of `source` into `target`; returns how many. `report` is told the number done so far.

    The source stays as it is. An entry has the same id in every index, so a move that broke off is made whole by
    moving again. Raises Conflict when the target holds entries of something else, StorageError.
    """
    held = {(entry.document, entry.version) for batch in target.scan() for entry, _ in batch}
    foreign = [pair for pair in held if not source.count(*pair)]
    if foreign:
        raise Conflict(
            f"The index to move to holds {len(foreign)} documents that are not in this one; choose another --prefix, "
            "or empty it first (the embedded one is the folder `index` in the data folder)."
        )
    done = 0
    for batch in source.scan():
        target.upsert(batch)
        done += len(batch)
        report(done)
    target.optimize()
    if target.count() != source.count():
        raise StorageError(
            f"Of {source.count()} entries {target.count()} arrived in the new index; move again, nothing is lost here."
        )
    return done
