"""Catalogues of older versions, brought to the format of this one when they are opened."""

from __future__ import annotations

import sqlite3

# From the format of the key to the next one. What was there before permissions stays open to everyone.
_STEPS: dict[str, tuple[str, ...]] = {
    "1": (
        """ALTER TABLE collections ADD COLUMN readers TEXT NOT NULL DEFAULT '["everyone"]'""",
        "ALTER TABLE collections DROP COLUMN chunks",  # counted from the documents: fewer things to go apart
        "ALTER TABLE documents ADD COLUMN audience INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE failures ADD COLUMN audience INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE terms RENAME TO terms_before",
        "CREATE TABLE terms (collection TEXT NOT NULL, term INTEGER NOT NULL, audience INTEGER NOT NULL, "
        "chunks INTEGER NOT NULL, PRIMARY KEY (collection, term, audience)) WITHOUT ROWID",
        "INSERT INTO terms SELECT collection, term, 0, chunks FROM terms_before",
        "DROP TABLE terms_before",
        "UPDATE meta SET value = '2' WHERE key = 'schema'",
    ),
}


def upgrade(db: sqlite3.Connection) -> None:
    """Step by step, each wholly or not at all; nothing is done to a new file or one of this version."""
    while (format_ := _format(db)) in _STEPS:
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in _STEPS[format_]:
                db.execute(statement)
            db.execute("COMMIT")
        except sqlite3.Error:
            db.execute("ROLLBACK")
            raise


def _format(db: sqlite3.Connection) -> str:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchall():
        return ""
    rows = db.execute("SELECT value FROM meta WHERE key = 'schema'").fetchall()
    return str(rows[0][0]) if rows else ""
