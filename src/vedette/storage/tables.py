"""The tables of people and conversations.

Identifiers are 32 hexadecimal digits, times ISO 8601 UTC of one width (so that they compare as text), flags 0 or 1.
A change here needs a revision in `storage/migrations/versions`; a test compares the two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.mysql import LONGBLOB, LONGTEXT
from sqlalchemy.schema import SchemaItem

# The revision (migrations/versions) that makes these tables.
REVISION = "0004"

metadata = MetaData()

Id = String(32)
Time = String(32)
Digest = String(64)
LongText = Text().with_variant(LONGTEXT(), "mysql", "mariadb")  # their TEXT ends at 64 KiB
LongBytes = LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")


def _table(name: str, *parts: SchemaItem) -> Table:
    # Compare bytes, not letters: MariaDB's own collation takes "é" for "e" and "A" for "a".
    binary: dict[str, Any] = {f"{kind}_{key}": text for kind in ("mysql", "mariadb") for key, text in _BINARY.items()}
    return Table(name, metadata, *parts, **binary)


_BINARY = {"charset": "utf8mb4", "collate": "utf8mb4_bin", "engine": "InnoDB"}

# --- people ---------------------------------------------------------------------------------------------------------

people = _table(
    "people",
    Column("id", Id, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),  # as `accounts.people.address` writes it
    Column("name", String(200), nullable=False),
    Column("password", String(255), nullable=False),  # Argon2id, encoded
    Column("role", String(16), nullable=False),
    Column("group_names", LongText, nullable=False),  # a JSON list
    Column("clearance", String(16), nullable=False),
    Column("disabled", Integer, nullable=False),
    Column("language", String(16), nullable=False),
    Column("created", Time, nullable=False),
    Column("seen", Time, nullable=False),
)

sessions = _table(
    "sessions",
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("device", String(200), nullable=False),
    Column("address", String(64), nullable=False),
    Column("created", Time, nullable=False),
    Column("seen", Time, nullable=False),
    Column("expires", Time, nullable=False, index=True),
)

refresh_tokens = _table(
    "refresh_tokens",
    Column("digest", Digest, primary_key=True),
    Column("session", Id, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("used", Integer, nullable=False),
)

reset_tokens = _table(
    "reset_tokens",
    Column("digest", Digest, primary_key=True),
    Column("person", Id, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires", Time, nullable=False),
    Column("used", Integer, nullable=False),
)

api_keys = _table(
    "api_keys",
    Column("id", Id, primary_key=True),
    Column("person", Id, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("prefix", String(16), nullable=False),
    Column("digest", Digest, nullable=False, unique=True),
    Column("created", Time, nullable=False),
    Column("used", Time, nullable=False),
    Column("expires", Time, nullable=False),  # empty: never
)

audit = _table(
    "audit",
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Time, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("target", String(254), nullable=False),
    Column("details", LongText, nullable=False),  # a JSON object
    Column("hash", Digest, nullable=False),
)

# One row, the last line of the log: whoever writes a line locks it, so lines never fork.
audit_head = _table(
    "audit_head",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("hash", Digest, nullable=False),
)

# --- conversations --------------------------------------------------------------------------------------------------

conversations = _table(
    "conversations",
    Column("id", Id, primary_key=True),
    Column("person", String(64), nullable=False),  # no foreign key: in the demo the owner has no account
    Column("collection", String(200), nullable=False),
    Column("title", String(200), nullable=False),
    Column("searched", LongText, nullable=False),  # the title, folded
    Column("created", Time, nullable=False),
    Column("changed", Time, nullable=False),
    Column("summary", LongText, nullable=False),
    Column("summarised", Integer, nullable=False),
    Index("conversations_of", "person", "changed"),
)

turns = _table(
    "turns",
    Column("id", Id, primary_key=True),
    Column("conversation", Id, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),  # 1, 2, 3, …
    Column("asked", LongText, nullable=False),
    Column("standalone", LongText, nullable=False),
    Column("because", LongText, nullable=False),
    Column("state", String(8), nullable=False, index=True),
    Column("at", Time, nullable=False),
    Column("answer", LongText, nullable=False),  # JSON with its evidence; empty: none
    Column("error", LongText, nullable=False),
    Column("searched", LongText, nullable=False),  # question and answer, folded
    Column("thumb", String(8), nullable=False),
    Column("reason", LongText, nullable=False),
    Column("rated", Time, nullable=False, index=True),  # empty: never
    UniqueConstraint("conversation", "number"),
)

# --- questions that are answered later ------------------------------------------------------------------------------

questions = _table(
    "questions",
    Column("id", Id, primary_key=True),
    Column("person", String(64), nullable=False),  # no foreign key: in the demo the owner has no account
    Column("number", Integer, nullable=False),  # the person's own 1, 2, 3, …
    Column("priority", Integer, nullable=False),
    Column("tag", BigInteger, nullable=False),  # see `questions.contract`
    Column("asked", Time, nullable=False, index=True),
    Column("submission", LongText, nullable=False),  # JSON
    Column("state", String(10), nullable=False),  # a QueueState, or `resting` until `due`
    Column("due", Time, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("reason", String(16), nullable=False),
    Column("error", LongText, nullable=False),
    Column("answered", Time, nullable=False),
    Column("answer", LongText, nullable=False),  # JSON with its evidence; empty: none
    Column("mail", String(10), nullable=False),
    Column("mail_due", Time, nullable=False),
    Column("mail_tries", Integer, nullable=False),
    Column("mail_error", LongText, nullable=False),
    Column("sent", Time, nullable=False),
    Column("holder", String(100), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("beat", Integer, nullable=False),
    Column("thumb", String(8), nullable=False),
    Column("thumb_reason", LongText, nullable=False),
    UniqueConstraint("person", "number"),
    Index("questions_of", "person", "asked"),
    Index("questions_open", "person", "state"),
    Index("questions_tags", "person", "priority", "tag"),
    Index("questions_line", "state", "priority", "tag", "asked"),
    Index("questions_mail", "mail", "mail_due"),
)

# --- notices --------------------------------------------------------------------------------------------------------

notices = _table(
    "notices",
    Column("id", Id, primary_key=True),
    Column("rule", String(64), nullable=False),
    Column("recipient", String(500), nullable=False),  # as the settings call it
    Column("event", LongText, nullable=False),  # JSON
    Column("trouble", Digest, nullable=False, index=True),  # of kind and key
    Column("going_on", Digest, nullable=False, unique=True),  # of trouble and recipient; the id once it is over
    Column("urgent", Integer, nullable=False),  # critical ones go apart from the others
    Column("state", String(10), nullable=False),
    Column("made", Time, nullable=False, index=True),
    Column("due", Time, nullable=False),
    Column("times", Integer, nullable=False),
    Column("message", Id, nullable=False),  # the message that it goes out with; empty: none yet
    Column("tries", Integer, nullable=False),
    Column("error", LongText, nullable=False),
    Column("sent", Time, nullable=False),
    Index("notices_due", "state", "due"),
)

# --- networks and forecasts -----------------------------------------------------------------------------------------

networks = _table(
    "networks",
    Column("name", String(100), primary_key=True),
    Column("content", LongText, nullable=False),  # JSON
    Column("digest", Digest, nullable=False),
    Column("readers", LongText, nullable=False),  # JSON
    Column("info", LongText, nullable=False),  # JSON of the NetworkInfo, for lists
    Column("stored", Time, nullable=False),
)

incidents = _table(
    "incidents",
    Column("network", String(100), ForeignKey("networks.name", ondelete="CASCADE"), primary_key=True),
    Column("outbreak", String(100), primary_key=True),
    Column("host", String(200), primary_key=True),
    Column("day", Double, nullable=False),
    Column("cleaned", Double, nullable=True),
)

forecast_models = _table(
    "forecast_models",
    Column("id", Id, primary_key=True),
    Column("network", String(100), ForeignKey("networks.name", ondelete="CASCADE"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("made", Time, nullable=False),
    Column("metrics", LongText, nullable=False),  # JSON
    Column("lineage", LongText, nullable=False),  # JSON
    Column("content", LongBytes, nullable=False),
    UniqueConstraint("network", "kind", "version"),
)

forecasts = _table(
    "forecasts",
    Column("id", Id, primary_key=True),
    Column("person", String(64), nullable=False),  # no foreign key: in the demo the owner has no account
    Column("state", String(10), nullable=False),
    Column("asked", Time, nullable=False),
    Column("seen", Time, nullable=False),  # when who works at it was last heard of
    Column("request", LongText, nullable=False),  # JSON
    Column("progress", LongText, nullable=False),  # JSON
    Column("result", LongText, nullable=False),  # JSON; empty: none yet
    Column("error", LongText, nullable=False),
    Column("error_class", String(64), nullable=False),  # empty: none
    Index("forecasts_of", "person", "asked"),
)
