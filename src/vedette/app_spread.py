"""The composition root of forecasting: settings -> its store, its jobs, its service."""

from __future__ import annotations

import importlib.util
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from vedette.errors import BadInput, SettingsError
from vedette.records import Network
from vedette.services import Forecasting, Knowledge
from vedette.settings import Settings
from vedette.settings.sections import ForecastSettings
from vedette.spread.chat import Foreseeing
from vedette.spread.rates import RateRules, rules_of

if TYPE_CHECKING:
    from vedette.spread.epss import Epss
    from vedette.spread.forecast.contract import CurveKind
    from vedette.spread.service import LocalForecasting
    from vedette.storage.database import Database


def local_forecasting(
    settings: Settings, database: Database, knowledge: Knowledge, stack: ExitStack, retrains: bool = False
) -> LocalForecasting:
    """The service over the database; `stack` stops what runs. A server `retrains` models by itself. Raises
    SettingsError."""
    # Loaded by whoever forecasts: every command that asks would begin a third of a second later.
    from vedette.spread.jobs import Jobs, Limits
    from vedette.spread.service import LocalForecasting, World
    from vedette.spread.store import ForecastStore

    chosen = settings.forecast
    store = ForecastStore(database)
    world = World(
        now=_now,
        new_id=lambda: secrets.token_hex(16),
        kinds=kinds,
        retrains=retrains,
        worlds=chosen.worlds,
        draws=chosen.draws,
        unpacked=settings.ingest.max_expansion_mb * 1_000_000,
        epss=scores(chosen),
    )
    jobs = Jobs(store, Limits(chosen.at_once, chosen.each), world.now, world.new_id)
    stack.callback(jobs.close)
    return LocalForecasting(store, jobs, knowledge, rules(chosen), world)


def forecasting_within(settings: Settings, knowledge: Knowledge, stack: ExitStack) -> Callable[[], LocalForecasting]:
    """The service of the data folder for one command, opened when somebody first asks for it."""

    @cache
    def opened() -> LocalForecasting:
        from vedette.app_conversations import open_people

        return local_forecasting(settings, open_people(settings, stack), knowledge, stack)

    return opened


def foreseeing(knowledge: Knowledge, forecasting: Callable[[], Forecasting]) -> Knowledge:
    """The knowledge, whose answers tell of networks too."""
    return cast(Knowledge, Foreseeing(knowledge, forecasting, lambda: datetime.now().date()))


def kept_in_memory(settings: Settings, network: Network, knowledge: Knowledge, stack: ExitStack) -> LocalForecasting:
    """The service over one network, until `stack` closes it. Raises SettingsError, BadInput."""
    from vedette.storage.database import database_in_memory

    database = database_in_memory()
    stack.callback(database.close)
    forecasting = local_forecasting(settings, database, knowledge, stack)
    forecasting.store(network)
    return forecasting


def kinds() -> Mapping[str, CurveKind]:
    """The kinds of models that can be made here: those of torch where it is installed."""
    from vedette.spread.forecast.kinds import KINDS

    if importlib.util.find_spec("torch") is None:
        return KINDS
    from vedette.engines import diffusion
    from vedette.spread.forecast.banded import banded

    return {**KINDS, diffusion.KIND: banded(diffusion.kind())}


def rules(settings: ForecastSettings) -> RateRules:
    """The rules of the rates, with those of the settings' file over ours. Raises SettingsError."""
    if not settings.rates:
        return RateRules()
    try:
        given = json.loads(Path(settings.rates).read_text(encoding="utf-8"))
        return rules_of(given if isinstance(given, dict) else {"": given})
    except OSError as error:
        raise SettingsError(f"forecast.rates is {settings.rates}, which cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise SettingsError(f"forecast.rates is {settings.rates}, which is no JSON: {error}.") from error
    except BadInput as error:
        raise SettingsError(f"forecast.rates is {settings.rates}: {error.message}") from error


def scores(settings: ForecastSettings) -> Callable[[str], float | None]:
    """The EPSS of a CVE by the settings' file, read when it is first asked for and whenever it changed. Raises
    SettingsError; what it gives raises BadInput."""
    if not settings.epss:
        return lambda _: None
    path = Path(settings.epss)
    if not path.is_file():
        raise SettingsError(f"forecast.epss is {path}, which is no file; give FIRST's epss_scores CSV, gzipped or not.")

    @lru_cache(maxsize=1)
    def read(changed: float) -> Epss:
        from vedette.spread.epss import read_epss

        return read_epss(path)

    return lambda cve: read(path.stat().st_mtime if path.exists() else 0.0).of(cve)


def _now() -> datetime:
    return datetime.now(UTC)
