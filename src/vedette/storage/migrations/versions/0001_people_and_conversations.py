"""The first tables of people and conversations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0001"
down_revision = None

# Written out rather than imported: tables.py moves on, this revision stays what it was.
Id, Time, Digest = sa.String(32), sa.String(32), sa.String(64)
LongText = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
BINARY: dict[str, Any] = {
    f"{kind}_{key}": value
    for kind in ("mysql", "mariadb")
    for key, value in (("charset", "utf8mb4"), ("collate", "utf8mb4_bin"), ("engine", "InnoDB"))
}


def upgrade() -> None:
    """People, sessions, tokens, keys, the audit log; conversations and their turns."""
    _people()
    _sessions()
    _audit()
    _conversations()


def _table(name: str, *parts: Any) -> None:
    op.create_table(name, *parts, **BINARY)


def _text(name: str, kind: Any, **options: Any) -> sa.Column[str]:
    return sa.Column(name, kind, nullable=False, **options)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _of(table: str, name: str) -> sa.Column[str]:
    return sa.Column(name, Id, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False)


def _people() -> None:
    _table(
        "people",
        sa.Column("id", Id, primary_key=True),
        _text("email", sa.String(254), unique=True),
        _text("name", sa.String(200)),
        _text("password", sa.String(255)),
        _text("role", sa.String(16)),
        _text("group_names", LongText),
        _text("clearance", sa.String(16)),
        _number("disabled"),
        _text("language", sa.String(16)),
        _text("created", Time),
        _text("seen", Time),
    )
    _table(
        "api_keys",
        sa.Column("id", Id, primary_key=True),
        _of("people", "person"),
        _text("name", sa.String(100)),
        _text("prefix", sa.String(16)),
        _text("digest", Digest, unique=True),
        _text("created", Time),
        _text("used", Time),
        _text("expires", Time),
    )
    op.create_index("ix_api_keys_person", "api_keys", ["person"])


def _sessions() -> None:
    _table(
        "sessions",
        sa.Column("id", Id, primary_key=True),
        _of("people", "person"),
        _text("device", sa.String(200)),
        _text("address", sa.String(64)),
        _text("created", Time),
        _text("seen", Time),
        _text("expires", Time),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"])
    op.create_index("ix_sessions_expires", "sessions", ["expires"])
    _table(
        "refresh_tokens",
        sa.Column("digest", Digest, primary_key=True),
        _of("sessions", "session"),
        _number("used"),
    )
    op.create_index("ix_refresh_tokens_session", "refresh_tokens", ["session"])
    _table(
        "reset_tokens",
        sa.Column("digest", Digest, primary_key=True),
        _of("people", "person"),
        _text("expires", Time),
        _number("used"),
    )
    op.create_index("ix_reset_tokens_person", "reset_tokens", ["person"])


def _audit() -> None:
    _table(
        "audit",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        _text("at", Time),
        _text("actor", sa.String(64)),
        _text("action", sa.String(64)),
        _text("target", sa.String(254)),
        _text("details", LongText),
        _text("hash", Digest),
    )
    _table(
        "audit_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        _number("number"),
        _text("hash", Digest),
    )
    op.execute(sa.text("INSERT INTO audit_head (id, number, hash) VALUES (1, 0, '')"))


def _conversations() -> None:
    _table(
        "conversations",
        sa.Column("id", Id, primary_key=True),
        _text("person", sa.String(64)),
        _text("collection", sa.String(200)),
        _text("title", sa.String(200)),
        _text("searched", LongText),
        _text("created", Time),
        _text("changed", Time),
        _text("summary", LongText),
        _number("summarised"),
    )
    op.create_index("conversations_of", "conversations", ["person", "changed"])
    _table(
        "turns",
        sa.Column("id", Id, primary_key=True),
        _of("conversations", "conversation"),
        _number("number"),
        *(_text(name, LongText) for name in ("asked", "standalone", "because")),
        _text("state", sa.String(8)),
        _text("at", Time),
        *(_text(name, LongText) for name in ("answer", "error", "searched")),
        _text("thumb", sa.String(8)),
        _text("reason", LongText),
        _text("rated", Time),
        sa.UniqueConstraint("conversation", "number"),
    )
    op.create_index("ix_turns_state", "turns", ["state"])
    op.create_index("ix_turns_rated", "turns", ["rated"])
