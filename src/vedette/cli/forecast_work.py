"""What the commands of `vedette forecast` share: the network they are about, and work with its bar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar, cast

import typer

from vedette.cli.common import load_settings, stderr
from vedette.cli.interrupts import insisting
from vedette.errors import BadInput, VedetteError

if TYPE_CHECKING:
    from collections.abc import Generator

    from vedette.records import ForecastProgress, ForecastRequest, ForecastResult, Network
    from vedette.services import Forecasting

T = TypeVar("T")
On = Annotated[
    list[str],
    typer.Option("--network", "-n", help="Name of a network, or its file; of several files repeat it."),
]


@contextmanager
def stored(ctx: typer.Context) -> Iterator[Forecasting]:
    """The forecasting of the data folder: in this process, or in the server that owns the folder."""
    from vedette.app import connect_counsel

    with connect_counsel(load_settings(ctx), _note) as counsel:
        yield counsel.forecasting


@contextmanager
def opened(ctx: typer.Context, given: Sequence[str]) -> Iterator[tuple[Forecasting, str]]:
    """What forecasts, and the name of the network: a stored one, or that of files, which is not stored."""
    from vedette.app import forecasting_alone

    if not any(Path(one).is_file() for one in given):
        if len(given) > 1:
            raise BadInput(f"{', '.join(given)} are no files; name one network, or the files of one.")
        with stored(ctx) as forecasting:
            yield forecasting, given[0]
        return
    network = read_network(given)
    for said in network.assumptions:
        _note(said)
    with forecasting_alone(load_settings(ctx), network, _note) as forecasting:
        yield forecasting, network.name


def read_network(paths: Sequence[str], name: str = "", format: str = "") -> Network:
    """The network of files. Raises BadInput."""
    from vedette.spread.formats import read

    return read(read_files(paths), name, format)


def read_files(paths: Sequence[str]) -> dict[str, bytes]:
    """Files by their names; those of one name by their whole paths. Raises BadInput."""
    given = [Path(one) for one in paths]
    whole, often = Counter(path.absolute() for path in given), Counter(path.name for path in given)
    for path in given:
        if whole[path.absolute()] > 1:
            raise BadInput(f"{path} is given twice; give each file once.")
    return {path.name if often[path.name] == 1 else str(path): _content(path) for path in given}


def worked_out(forecasting: Forecasting, request: ForecastRequest, kind: type[T]) -> T:
    """The result, with a bar on a terminal; Ctrl-C cancels the work."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from vedette.records import ForecastProgress

    console = stderr()
    columns = TextColumn("{task.description}"), BarColumn(bar_width=30), TimeRemainingColumn(compact=True)
    steps = cast("Generator[ForecastProgress | ForecastResult, None, None]", forecasting.perform(request))
    with (
        insisting() as insist,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
        closing(steps),
    ):
        task = bar.add_task("forecast", total=None)
        for step in steps:
            insist()
            if isinstance(step, ForecastProgress):
                bar.update(task, description=step.stage, total=step.total, completed=step.done)
            elif isinstance(step, kind):
                return step
    raise VedetteError("The forecast ended without a result; run it again.")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {(error.strerror or str(error)).lower()}; check its name.") from error


def _note(text: str) -> None:
    stderr().print(text, markup=False)
