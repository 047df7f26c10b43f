"""Routes over the documents: put in, list, read, remove, check."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any
from urllib.parse import quote

import anyio.to_thread
from fastapi import Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from fastapi.routing import APIRouter
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from vedette.errors import BadInput, Forbidden, TooLarge, VedetteError
from vedette.records import (
    TLP,
    CollectionInfo,
    DocumentInfo,
    IngestProgress,
    IngestReport,
    IngestRequest,
    Sharing,
    Upload,
    VerifyReport,
    readers_among,
)
from vedette.records_json import document_json, encode
from vedette.web.config import check_collection
from vedette.web.parts import Handed, Visit, errors, founding_name, json_of, reply
from vedette.web.schemas import (
    MOST_READERS,
    CollectionsBody,
    DocumentBody,
    DocumentsBody,
    FailuresBody,
    IngestBody,
    ReadersBody,
    RemovedBody,
    SharingBody,
    VerifyBody,
)
from vedette.web.schemas_people import ReaderNamesBody
from vedette.web.security import error_body, safe_name
from vedette.web.streams import line, relay

router = APIRouter(tags=["documents"])
SHOWN_INLINE = ("application/pdf", "text/plain")
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "One file, with its name."},
                        "collection": {"type": "string", "default": "default"},
                        "readers": {"type": "array", "items": {"type": "string"}, "maxItems": MOST_READERS},
                        "tlp": {"type": "string", "enum": ["", *TLP]},
                    },
                }
            }
        },
    }
}
DocumentId = Annotated[str, Path(description="Id of a document, 16 hex digits.", max_length=64)]
CollectionName = Annotated[str, Path(description="Name of a collection.", max_length=100)]
Quarantined = Annotated[str, Query(description="As listed among the failures.", max_length=4000)]
Collection = Annotated[str | None, Query(description="Only this collection.", max_length=100)]


@router.post(
    "/v1/documents",
    summary="Upload a document",
    responses={**json_of(IngestReport), **errors(400, 413)},
    openapi_extra=FORM,
)
async def upload(request: Request, visit: Handed) -> Response:
    """Store and index one file. A file that cannot be read stands in `failed`, with the reason."""
    file = await _uploaded(request, visit.config.max_upload_bytes)
    # It may wait in line to be parsed; not in one of the threads that every short request needs.
    return reply(await anyio.to_thread.run_sync(_upload, file, visit, limiter=visit.streams))


def _upload(file: Upload, visit: Visit) -> Any:
    report = visit.knowledge.upload(file)
    visit.note("document.upload", file.name, collection=file.collection)
    return encode(report)


async def _uploaded(request: Request, limit: int) -> Upload:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadInput("Send the file as multipart/form-data, in a field named 'file'.")
    parser = MultiPartParser(request.headers, request.stream(), max_files=1, max_fields=MOST_READERS + 5)
    parser.spool_max_size = limit + 1
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:
        raise BadInput("The form cannot be read; send one file, named, as multipart/form-data.") from error
    files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    if not files:
        raise BadInput("The form has no file; send it in a field named 'file'.")
    try:
        collection = check_collection(str(form.get("collection") or "default"))
        readers = tuple(str(tag) for tag in form.getlist("readers"))
        sharing = Sharing(readers, str(form.get("tlp") or ""))
        data = await files[0].read()
        if len(data) > limit:  # the guard lets as much more pass as the rest of a form may take
            raise TooLarge(f"The file has {len(data):,} bytes; VEDETTE_SERVER_MAX_UPLOAD_MB allows {limit:,}.")
        return Upload(safe_name(files[0].filename or ""), data, collection, sharing)
    finally:
        await form.close()


@router.get("/v1/documents", summary="List documents", responses={**json_of(DocumentsBody), **errors(404)})
def documents(visit: Handed, collection: Collection = None) -> Response:
    """Every document of a collection, or of all, by source."""
    return reply({"documents": encode(visit.knowledge.documents(collection))})


@router.get("/v1/documents/{document}", summary="Read a document", responses={**json_of(DocumentBody), **errors(404)})
def document(document: DocumentId, visit: Handed) -> Response:
    """The stored text that sources count their offsets in, with its structure, metadata and the way to its original."""
    return reply(document_json(visit.knowledge.document(document)))


@router.get(
    "/v1/documents/{document}/original",
    summary="Get the original",
    response_class=Response,
    responses={200: {"description": "The bytes as they were given.", "content": {"*/*": {}}}, **errors(404)},
)
def original(document: DocumentId, visit: Handed) -> Response:
    """The file that a document was read from, byte for byte. Browsers save it, or show it without any script."""
    found = visit.knowledge.original(document)
    how = "inline" if found.media_type in SHOWN_INLINE else "attachment"
    headers = {"content-disposition": f"{how}; filename*=utf-8''{quote(found.name, safe='')}"}
    if found.media_type != "application/pdf":
        headers["content-security-policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return Response(found.data, media_type=found.media_type, headers=headers)


@router.delete(
    "/v1/documents/{document}",
    summary="Remove a document",
    status_code=204,
    response_class=Response,
    responses=errors(404),
)
def remove(document: DocumentId, visit: Handed) -> Response:
    """Remove a document from catalogue, index and originals at once."""
    visit.knowledge.remove(document)
    visit.note("document.remove", document)
    return Response(status_code=204)


@router.patch(
    "/v1/documents/{document}/sharing",
    summary="Share a document",
    responses={**json_of(DocumentInfo), **errors(400, 404)},
)
def share(document: DocumentId, body: SharingBody, visit: Handed) -> Response:
    """Say who may read a document, of those who may read its collection. Answers follow at once."""
    info = visit.knowledge.share(document, body.record())
    visit.note("document.share", document, readers=" ".join(body.readers), tlp=body.tlp)
    return reply(encode(info))


@router.get("/v1/failures", summary="List what could not be read", responses={**json_of(FailuresBody), **errors(404)})
def failures(visit: Handed, collection: Collection = None) -> Response:
    """The quarantine: files, pages and records that could not be read, and why."""
    return reply({"failed": encode(visit.knowledge.failures(collection))})


@router.delete(
    "/v1/failures",
    summary="Dismiss what could not be read",
    status_code=204,
    response_class=Response,
    responses=errors(404),
)
def dismiss(visit: Handed, collection: Quarantined, source: Quarantined) -> Response:
    """Take a file out of the quarantine. It comes back if it is read again and still cannot be."""
    visit.knowledge.dismiss(collection, source)
    visit.note("failure.dismiss", source, collection=collection)
    return Response(status_code=204)


async def ingest(body: IngestBody, request: Request, visit: Handed) -> Response:
    """Read URLs into a collection; paths on the server are read for whoever has the owner token of DATA/server.json.

    With `Accept: application/x-ndjson` lines come while it works: `{"progress"}` after each file, then `{"report"}` or
    `{"error"}`.
    """
    web_only = all(target.lower().startswith(("http://", "https://")) for target in body.targets)
    if not (web_only or visit.visitor.proven):
        raise Forbidden(
            "Reading paths on the server needs the owner token of DATA/server.json, sent as "
            "'Authorization: Bearer TOKEN'."
        )
    sharing = body.sharing.record() if body.sharing else None
    wanted = IngestRequest(tuple(body.targets), check_collection(body.collection), body.prune, sharing)
    await run_in_threadpool(visit.note, "ingest", wanted.collection, targets=" ".join(wanted.targets)[:500])
    steps = relay(lambda: visit.knowledge.ingest(wanted), visit.streams, visit.config.heartbeat_s)
    if "application/x-ndjson" not in request.headers.get("accept", ""):
        return reply(await _report(steps))
    first = await anext(steps)
    if isinstance(first, VedetteError):
        raise first
    return StreamingResponse(_as_lines(first, steps), media_type="application/x-ndjson")


async def _report(steps: AsyncGenerator[IngestProgress | IngestReport | VedetteError | None]) -> Any:
    async for item in steps:
        if isinstance(item, VedetteError):
            raise item
        if isinstance(item, IngestReport):
            return encode(item)
    raise VedetteError("The ingest ended without a report; run it again, what was stored stays stored.")


async def _as_lines(
    first: IngestProgress | IngestReport | None,
    rest: AsyncGenerator[IngestProgress | IngestReport | VedetteError | None],
) -> AsyncIterator[str]:
    async with aclosing(rest):
        yield _as_line(first)
        async for item in rest:
            yield _as_line(item)


def _as_line(item: IngestProgress | IngestReport | VedetteError | None) -> str:
    if item is None:
        return "\n"
    if isinstance(item, VedetteError):
        return line(error_body(item))
    return line({"report" if isinstance(item, IngestReport) else "progress": encode(item)})


router.post("/v1/ingest", summary="Ingest URLs or paths", responses={**json_of(IngestReport), **errors(400, 404)})(
    ingest
)
founding_name(router, "/ingest", "POST /v1/ingest", ingest)


@router.get("/v1/collections", summary="List collections", responses={**json_of(CollectionsBody), **errors(500)})
def collections(visit: Handed) -> Response:
    """All collections, by name."""
    return reply({"collections": encode(visit.knowledge.collections())})


@router.patch(
    "/v1/collections/{name:path}",
    summary="Share a collection",
    responses={**json_of(CollectionInfo), **errors(400, 404)},
)
def share_collection(name: CollectionName, body: ReadersBody, visit: Handed) -> Response:
    """Say who may read a collection: tags such as `everyone`, `user:ID`, `group:NAME`."""
    info = visit.knowledge.share_collection(name, tuple(body.readers))
    visit.note("collection.share", name, readers=" ".join(body.readers))
    return reply(encode(info))


@router.get("/v1/readers", summary="List possible readers", responses={**json_of(ReaderNamesBody), **errors(404)})
def readers(visit: Handed) -> Response:
    """Whom a collection or document can name: `everyone`, groups, people who are not kept out. Of their addresses only
    what stands before the @ is told, and all of it where two would be called the same."""
    return reply({"readers": encode(readers_among(visit.accounts.people()))})


@router.delete(
    "/v1/collections/{name:path}",
    summary="Remove a collection",
    responses={**json_of(RemovedBody), **errors(404)},
)
def remove_collection(name: CollectionName, visit: Handed) -> Response:
    """Remove it with all its documents."""
    removed = visit.knowledge.remove_collection(name)
    visit.note("collection.remove", name, documents=str(removed))
    return reply({"removed": removed})


@router.post("/v1/verify", summary="Check the store", responses={**json_of(VerifyReport), **errors()})
def verify(visit: Handed, body: VerifyBody | None = None) -> Response:
    """Compare catalogue, index and originals; with `repair`, mend what does not fit."""
    return reply(encode(visit.knowledge.verify(body.repair if body else False)))
