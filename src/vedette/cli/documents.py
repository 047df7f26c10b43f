"""`vedette documents …`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from vedette.cli.common import FAILED, AnyCollection, AsJson, Label, Readers, connected, print_json, stderr, stdout
from vedette.errors import BadInput, NotFound

if TYPE_CHECKING:
    from vedette.services import Knowledge

app = typer.Typer(no_args_is_help=True, help="List, show, remove, share and verify documents.")

Name = Annotated[str, typer.Argument(metavar="DOCUMENT", help="Id or source of a document, as listed.")]


@app.command("list")
def list_(
    ctx: typer.Context,
    failed: Annotated[bool, typer.Option("--failed", help="The files that could not be read, and why.")] = False,
    collection: AnyCollection = None,
    json_: AsJson = False,
) -> None:
    """List documents, or what could not be read.

    \b
    Examples:
      vedette documents list
      vedette documents list --failed
      vedette documents list --collection cv --json
    """
    from vedette.cli.show import show_documents, show_failures
    from vedette.records_json import encode

    with connected(ctx) as knowledge:
        failures = knowledge.failures(collection) if failed else ()
        documents = () if failed else knowledge.documents(collection)
        if collection and not (failures or documents):
            _require(collection, knowledge)
    if json_:
        print_json({"failed": encode(failures)} if failed else {"documents": encode(documents)})
    elif failed:
        show_failures(stdout(), failures)
    else:
        show_documents(stdout(), documents)
    if not (failures or documents):
        where = f"in {collection!r}" if collection else "yet: vedette ingest PATH"
        stderr().print("Every file could be read." if failed else f"No documents {where}", markup=False)


@app.command()
def show(ctx: typer.Context, document: Name, collection: AnyCollection = None, json_: AsJson = False) -> None:
    """Show the stored text of a document, or everything known of it as JSON.

    \b
    Examples:
      vedette documents show curriculum-vitae.md --collection cv
      vedette documents show curriculum-vitae.md --collection cv --json
    """
    from vedette.records_json import document_json

    with connected(ctx) as knowledge:
        stored = knowledge.document(find(knowledge, document, collection))
    if json_:
        print_json(document_json(stored))
    else:
        typer.echo(stored.document.text)


@app.command()
def remove(ctx: typer.Context, document: Name, collection: AnyCollection = None, json_: AsJson = False) -> None:
    """Remove a document; no answer uses it from this moment on.

    \b
    Examples:
      vedette documents remove portfolio.md --collection cv
    """
    with connected(ctx) as knowledge:
        found = find(knowledge, document, collection)
        knowledge.remove(found)
    if json_:
        print_json({"removed": found})
    else:
        typer.echo(f"Removed {document} ({found}).")


@app.command()
def dismiss(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A file that could not be read, as listed.")],
    collection: AnyCollection = None,
    json_: AsJson = False,
) -> None:
    """Take a file that could not be read off the list. It comes back if it is read again in vain.

    \b
    Examples:
      vedette documents list --failed
      vedette documents dismiss broken.pdf --collection cv
    """
    with connected(ctx) as knowledge:
        where = sorted({one.collection for one in knowledge.failures(collection) if one.path == source})
        if not where:
            raise NotFound(f"Nothing of {source!r} failed; `vedette documents list --failed` shows what did.")
        if len(where) > 1:
            raise _ambiguous(source, where)
        knowledge.dismiss(where[0], source)
    if json_:
        print_json({"dismissed": source, "collection": where[0]})
    else:
        typer.echo(f"Dismissed {source}.")


@app.command()
def share(
    ctx: typer.Context,
    document: Name,
    reader: Readers = None,
    tlp: Label = "",
    collection: AnyCollection = None,
    json_: AsJson = False,
) -> None:
    """Say who may read a document, of those who may read its collection; without a --reader all of them.

    \b
    Examples:
      vedette documents share portfolio.md --collection cv --reader group:hr --tlp AMBER
      vedette documents share portfolio.md --collection cv
    """
    from vedette.records import Sharing
    from vedette.records_json import encode

    with connected(ctx) as knowledge:
        found = find(knowledge, document, collection)
        info = knowledge.share(found, Sharing(tuple(reader or ()), tlp))
    if json_:
        print_json(encode(info))
    else:
        label = f", as TLP:{info.sharing.tlp}" if info.sharing.tlp else ""
        readers = ", ".join(info.sharing.readers) or f"all readers of {info.collection}"
        typer.echo(f"{document} can be read by {readers}{label}.")


@app.command()
def verify(
    ctx: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what does not fit.")] = False,
    json_: AsJson = False,
) -> None:
    """Check that catalogue, index and originals agree. Exits with 1 when they do not.

    \b
    Examples:
      vedette documents verify
      vedette documents verify --repair --json
    """
    from vedette.cli.show import show_verify
    from vedette.records_json import encode

    with connected(ctx) as knowledge:
        report = knowledge.verify(repair)
    if json_:
        print_json({**encode(report), "sound": report.sound})
    else:
        show_verify(stdout(), report)
    if report.missing_originals or not (report.sound or repair):
        raise typer.Exit(FAILED)


def find(knowledge: Knowledge, name: str, collection: str | None) -> str:
    """The id of the document with this id or source in the collection, or in any for None.

    Raises NotFound, and BadInput for a source that stands in several collections.
    """
    if collection is None and re.fullmatch("[0-9a-f]{16}", name):
        return name
    found = [info for info in knowledge.documents(collection) if name in (info.id, info.source)]
    if len(found) > 1:
        raise _ambiguous(name, [info.collection for info in found])
    if found:
        return found[0].id
    raise NotFound(f"There is no document {name!r}; `vedette documents list` shows what there is.")


def _ambiguous(name: str, collections: Sequence[str]) -> BadInput:
    where = ", ".join(collections)
    return BadInput(f"{name!r} stands in several collections ({where}); name one with --collection.")


def _require(collection: str, knowledge: Knowledge) -> None:
    if collection not in (info.name for info in knowledge.collections()):
        raise NotFound(f"There is no collection {collection!r}; `vedette collections` shows what there is.")
