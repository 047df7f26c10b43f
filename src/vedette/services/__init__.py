"""The contract between the doors (CLI, web, MCP) and the flows: Protocols, records in, records out.

Each Protocol has two implementations: the flow's own `service.py` in this process, and `vedette.remote` over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vedette.records import PartHealth
from vedette.services.accounts import Accounts
from vedette.services.conversations import Conversations
from vedette.services.forecasting import Forecasting, by_job
from vedette.services.knowledge import Knowledge
from vedette.services.notices import Notices
from vedette.services.questions import Questions

__all__ = [
    "Accounts",
    "Conversations",
    "Counsel",
    "Forecasting",
    "Knowledge",
    "Notices",
    "Questions",
    "Services",
    "by_job",
]


@dataclass(frozen=True, slots=True)
class Counsel:
    """What answers one caller: both hold only what they may see. `person` is whose forecasts are worked out."""

    knowledge: Knowledge
    forecasting: Forecasting
    person: str


@dataclass(frozen=True, slots=True)
class Services:
    """What the doors are handed. `accounts` is None in the demo on one's own machine, where nobody signs in; `notices`
    where no rule names anybody. `watched` tells of parts that have no service of their own, such as the inbox."""

    knowledge: Knowledge
    conversations: Conversations
    questions: Questions
    forecasting: Forecasting
    accounts: Accounts | None = None
    notices: Notices | None = None
    watched: tuple[Callable[[], PartHealth], ...] = ()
