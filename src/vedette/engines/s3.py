"""S3 and what speaks its protocol, through fsspec and s3fs (extra `s3`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from vedette.errors import BadInput, LoadError, MissingExtra, NotFound
from vedette.rag.load.discover import Found, plain_name
from vedette.rag.load.registry import ending
from vedette.records import Failure


def find(url: str, options: Mapping[str, Any]) -> Iterator[Found | Failure]:
    """The files below `s3://bucket/prefix`, by name; a file's `source` is its path below the prefix.

    `options` go to s3fs (`key`, `secret`, `endpoint_url`, `anon`); without them it finds credentials as boto3 does.
    Raises MissingExtra without s3fs, BadInput for a URL without a bucket, NotFound for a bucket or prefix that holds
    nothing, LoadError where the server refuses or cannot be reached.
    """
    try:
        import s3fs
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise MissingExtra.of("s3fs", "s3") from error
    # Listings are not kept: the bucket may have changed since the last ingest of this process.
    system = s3fs.S3FileSystem(**options, skip_instance_cache=True, use_listings_cache=False)
    root = url.partition("://")[2].rstrip("/")
    if not root or root.startswith("/"):
        raise BadInput(f"{url} names no bucket; give it as s3://bucket/prefix.")
    try:
        entries = system.find(root, detail=True)
    except (OSError, BotoCoreError, ClientError) as error:
        raise LoadError(
            f"{url} cannot be listed ({_line(error)}); check its name, the credentials and the endpoint."
        ) from error
    if not entries:
        raise NotFound(f"There is nothing under {url}; check the bucket and the prefix.")
    for path, entry in sorted(entries.items()):
        name = path.removeprefix(root).lstrip("/") or path.rsplit("/", 1)[-1]
        if not name.endswith("/") and ending(name) and not any(part.startswith(".") for part in name.split("/")):
            yield Found(plain_name(name), int(entry["size"]), partial(_read, system, path))


def _read(system: Any, path: str) -> bytes:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return bytes(system.cat_file(path))
    except (OSError, BotoCoreError, ClientError) as error:
        raise LoadError(
            f"s3://{path} cannot be read ({_line(error)}); check the credentials and the endpoint."
        ) from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
