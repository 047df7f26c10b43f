"""Notices: what somebody is to hear of."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0003"
down_revision = "0002"

Id, Time, Digest = sa.String(32), sa.String(32), sa.String(64)
LongText = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
BINARY: dict[str, Any] = {
    f"{kind}_{key}": value
    for kind in ("mysql", "mariadb")
    for key, value in (("charset", "utf8mb4"), ("collate", "utf8mb4_bin"), ("engine", "InnoDB"))
}


def upgrade() -> None:
    """One row for an event on its way to one recipient."""
    op.create_table(
        "notices",
        sa.Column("id", Id, primary_key=True),
        _column("rule", sa.String(64)),
        _column("recipient", sa.String(500)),
        _column("event", LongText),
        _column("trouble", Digest),
        _column("going_on", Digest),
        _column("urgent", sa.Integer()),
        _column("state", sa.String(10)),
        _column("made", Time),
        _column("due", Time),
        _column("times", sa.Integer()),
        _column("message", Id),
        _column("tries", sa.Integer()),
        _column("error", LongText),
        _column("sent", Time),
        sa.UniqueConstraint("going_on"),
        **BINARY,
    )
    op.create_index("ix_notices_trouble", "notices", ["trouble"])
    op.create_index("ix_notices_made", "notices", ["made"])
    op.create_index("notices_due", "notices", ["state", "due"])


def _column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
