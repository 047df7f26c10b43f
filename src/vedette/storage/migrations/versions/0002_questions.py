"""Questions that are answered later."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "0002"
down_revision = "0001"

Id, Time = sa.String(32), sa.String(32)
LongText = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
BINARY: dict[str, Any] = {
    f"{kind}_{key}": value
    for kind in ("mysql", "mariadb")
    for key, value in (("charset", "utf8mb4"), ("collate", "utf8mb4_bin"), ("engine", "InnoDB"))
}


def upgrade() -> None:
    """One row for a question, with its answer, its letter and who works at it."""
    op.create_table(
        "questions",
        sa.Column("id", Id, primary_key=True),
        _column("person", sa.String(64)),
        _column("number", sa.Integer()),
        _column("priority", sa.Integer()),
        _column("tag", sa.BigInteger()),
        _column("asked", Time),
        _column("submission", LongText),
        _column("state", sa.String(10)),
        _column("due", Time),
        _column("tries", sa.Integer()),
        _column("reason", sa.String(16)),
        _column("error", LongText),
        _column("answered", Time),
        _column("answer", LongText),
        _column("mail", sa.String(10)),
        _column("mail_due", Time),
        _column("mail_tries", sa.Integer()),
        _column("mail_error", LongText),
        _column("sent", Time),
        _column("holder", sa.String(100)),
        _column("fence", sa.Integer()),
        _column("beat", sa.Integer()),
        _column("thumb", sa.String(8)),
        _column("thumb_reason", LongText),
        sa.UniqueConstraint("person", "number"),
        **BINARY,
    )
    op.create_index("ix_questions_asked", "questions", ["asked"])
    op.create_index("questions_of", "questions", ["person", "asked"])
    op.create_index("questions_open", "questions", ["person", "state"])
    op.create_index("questions_tags", "questions", ["person", "priority", "tag"])
    op.create_index("questions_line", "questions", ["state", "priority", "tag", "asked"])
    op.create_index("questions_mail", "questions", ["mail", "mail_due"])


def _column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
