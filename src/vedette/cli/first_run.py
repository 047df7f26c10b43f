"""What `vedette up` does beside its server: read the library once, then show a question with its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import vedette
from vedette.cli.common import stderr
from vedette.cli.ingest import follow
from vedette.cli.show import show_answer, show_report
from vedette.errors import VedetteError
from vedette.records import IngestRequest, Question
from vedette.services import Forecasting, Knowledge, Services
from vedette.settings import Settings

UNFINISHED = "library.unfinished"


@dataclass(frozen=True, slots=True)
class Sample:
    """A library in `examples/`, a question about it, and the end of the source of the document that answers it. With a
    `network` beside it, and a question about that."""

    folder: str
    question: str
    answered_by: str
    network: str = ""
    forecast: str = ""


SECURITY = Sample(
    "security",
    "Which controls mitigate T1110 brute force?",
    "#T1110",
    "network",
    "If web-1 is compromised through CVE-2021-44228, what is lost by Friday, and which five hosts should we isolate?",
)
COURSE = Sample("curso", "¿Cuándo se entrega el proyecto final?", "00_Programa_del_curso.md")

# What to do where people sign in and nobody can: make an account, sign in, let the others register.
NO_ACCOUNT = {
    "en": (
        "Nobody has an account yet. Make yours, in another terminal:",
        "Sign in with it at {page}",
        "Others register by themselves at {page}/register",
    ),
    "es": (
        "Todavía no hay ninguna cuenta. Cree la suya, en otra terminal:",
        "Entre con ella en {page}",
        "Los demás se registran en {page}/register",
    ),
    "fr": (
        "Personne n'a encore de compte. Créez le vôtre, dans un autre terminal :",
        "Connectez-vous sur {page}",
        "Les autres s'inscrivent sur {page}/register",
    ),
}


def first_run(
    settings: Settings, services: Services, library: Path | None, url: str, stopped: Callable[[], bool]
) -> None:
    """Read the library when there are no documents yet, or when an earlier first run was cut off."""
    console = stderr()
    console.print(f"Vedette answers at {url} (API: {url}/docs; Ctrl-C stops it)", style="bold")
    _tell_of_accounts(settings, services, url)
    knowledge = services.knowledge
    marker = settings.data / UNFINISHED
    sample = COURSE if settings.profile == "course" else SECURITY
    source = library or sample_library(sample)
    try:
        if source and (marker.exists() or not knowledge.collections()):
            console.print(f"First run: reading {source}; ask meanwhile, answers come from what has been read so far.")
            marker.touch()
            request = IngestRequest((str(source.absolute()),))
            show_report(console, follow(knowledge.ingest(request), console, stopped=stopped))
            if library is None:
                _keep_network(services.forecasting, sample)
            marker.unlink()
        if library is None and not stopped() and _can_answer(knowledge, sample):
            console.print(f'\n$ vedette ask "{sample.question}"', style="bold")
            for event in knowledge.ask(Question(sample.question)):
                if event.answer:
                    show_answer(console, event.answer)
            if sample.forecast:
                console.print(f'\nOr of the example network: vedette --data {settings.data} ask "{sample.forecast}"')
        console.print(f'\nAsk your own, in another terminal: vedette --data {settings.data} ask "…"')
    except VedetteError as error:
        if not stopped():
            console.print(f"Error: {error.message}")


def _keep_network(forecasting: Forecasting, sample: Sample) -> None:
    """Keep the network of the sample with its history, where there is none yet."""
    folder = sample_library(replace(sample, folder=sample.network)) if sample.network else None
    if folder is None or forecasting.networks():
        return
    from vedette.spread.history import read_incidents

    name = forecasting.add({"network.json": (folder / "network.json").read_bytes()}).name
    history = read_incidents({"incidents.csv": (folder / "incidents.csv").read_bytes()}, forecasting.network(name))
    forecasting.observe(name, history.incidents)


def _tell_of_accounts(settings: Settings, services: Services, url: str) -> None:
    """How the first account comes into being, where people sign in and there is none."""
    if services.accounts is None or services.accounts.people():
        return
    make, come_in, register = NO_ACCOUNT[settings.server.language or "en"]
    page = settings.accounts.page_url.rstrip("/") if "accounts.page_url" in settings.origins else url
    console = stderr()
    console.print(f"\n{make}\n  vedette --data {settings.data} users create-admin maria@example.org")
    console.print(come_in.format(page=page))
    if services.accounts.registers():
        console.print(register.format(page=page))


def _can_answer(knowledge: Knowledge, sample: Sample) -> bool:
    """Whether the sample library stands in the collection that is asked: the owner may have read other documents."""
    found = knowledge.documents(Question(sample.question).collection)
    return any(document.source.endswith(sample.answered_by) for document in found)


def sample_library(sample: Sample = SECURITY) -> Path | None:
    """Its folder beside the checkout that runs; None where Vedette is installed without it."""
    folder = Path(vedette.__file__).parents[2] / "examples" / sample.folder
    return folder if folder.is_dir() else None
