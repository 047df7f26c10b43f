"""Logs of a server: one JSON object a line, in the field names of the Elastic Common Schema."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from collections.abc import MutableMapping
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import Processor

from vedette.errors import StorageError

ECS_NAMES = {"level": "log.level", "logger": "log.logger", "event": "message", "exception": "error.stack_trace"}
MAX_BYTES, KEPT = 10_000_000, 5
TOKENS = re.compile(r"\bv[krp]_[\w-]{16,}|\beyJ[\w-]{10,}\.[\w-]+\.[\w-]+")


def log_to(data: Path | None, name: str = "vedette.json") -> Path | None:
    """Send all logs to `DATA/logs/NAME`, or to stderr for None; the file they go to. Each process has its own: two that
    begin one file anew when it is full would lose lines."""
    handler: logging.Handler
    path = None
    if data is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        path = data / "logs" / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = logging.handlers.RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8")
        except OSError as error:
            raise StorageError(f"The log {path} cannot be written: {error.strerror}; check its rights.") from error
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="@timestamp"),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                ecs_names,
                partial(masked, structlog.processors.JSONRenderer(ensure_ascii=False)),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return path


def masked(write: Processor, logger: Any, name: str, event: MutableMapping[str, Any]) -> str:
    """A structlog processor, the last: what `write` makes of an event, without tokens of ours, which somebody may have
    put where they do not belong.

    >>> masked(lambda *of: str(of[2]), None, "", {"url.path": "/v1/auth/keys/vk_0123456789abcdefghij"})
    "{'url.path': '/v1/auth/keys/****'}"
    """
    return TOKENS.sub("****", str(write(logger, name, event)))


def ecs_names(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: ECS names for structlog's own, and who speaks."""
    renamed = {ECS_NAMES.get(name, name): value for name, value in event.items() if name != "color_message"}
    return {"ecs.version": "8.11.0", "service.name": "vedette", **renamed}
