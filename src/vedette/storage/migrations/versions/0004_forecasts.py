"""Networks, what happened in them, and forecasts of what will."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import LONGBLOB, LONGTEXT

revision = "0004"
down_revision = "0003"

Id, Time, Digest = sa.String(32), sa.String(32), sa.String(64)
LongText = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
LongBytes = sa.LargeBinary().with_variant(LONGBLOB(), "mysql", "mariadb")
BINARY: dict[str, Any] = {
    f"{kind}_{key}": value
    for kind in ("mysql", "mariadb")
    for key, value in (("charset", "utf8mb4"), ("collate", "utf8mb4_bin"), ("engine", "InnoDB"))
}


def upgrade() -> None:
    """One row for a network, an incident, a version of a model, a job."""
    op.create_table(
        "networks",
        sa.Column("name", sa.String(100), primary_key=True),
        _column("content", LongText),
        _column("digest", Digest),
        _column("readers", LongText),
        _column("info", LongText),
        _column("stored", Time),
        **BINARY,
    )
    op.create_table(
        "incidents",
        _of_a_network(primary_key=True),
        sa.Column("outbreak", sa.String(100), primary_key=True),
        sa.Column("host", sa.String(200), primary_key=True),
        _column("day", sa.Double()),
        sa.Column("cleaned", sa.Double(), nullable=True),
        **BINARY,
    )
    op.create_table(
        "forecast_models",
        sa.Column("id", Id, primary_key=True),
        _of_a_network(nullable=False),
        _column("kind", sa.String(32)),
        _column("version", sa.Integer()),
        _column("state", sa.String(10)),
        _column("made", Time),
        _column("metrics", LongText),
        _column("lineage", LongText),
        _column("content", LongBytes),
        sa.UniqueConstraint("network", "kind", "version"),
        **BINARY,
    )
    op.create_table(
        "forecasts",
        sa.Column("id", Id, primary_key=True),
        _column("person", sa.String(64)),
        _column("state", sa.String(10)),
        _column("asked", Time),
        _column("seen", Time),
        _column("request", LongText),
        _column("progress", LongText),
        _column("result", LongText),
        _column("error", LongText),
        _column("error_class", sa.String(64)),
        **BINARY,
    )
    op.create_index("forecasts_of", "forecasts", ["person", "asked"])


def _of_a_network(**more: Any) -> sa.Column[Any]:
    return sa.Column("network", sa.String(100), sa.ForeignKey("networks.name", ondelete="CASCADE"), **more)


def _column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
