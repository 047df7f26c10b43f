"""What went wrong at a provider, as our errors: one sentence each, with what to do; keys never stand in them."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from vedette.engines.streaming import Endpoint
from vedette.errors import ProviderBusy, ProviderError, ProviderRefused, ProviderTimeout
from vedette.rag.generate.chain import Limits

_TOLD = 200


def from_status(at: Endpoint, status: int, told: str, after: float | None) -> ProviderError:
    """The error for an HTTP status of 400 and more. `told` is what the provider said, `after` its Retry-After."""
    said = _said(at, told)
    brief = str(status)
    if status == 429 and "insufficient_quota" in told:
        return ProviderRefused(f"{at.name} has no quota left ({said}); check the account's billing.", brief)
    if status == 429:
        return ProviderBusy(
            f"{at.name} is over its rate limit ({said}); ask less often or raise the limit.", after, brief
        )
    if status in (408, 409, 425) or status >= 500:
        return ProviderBusy(f"{at.name} is failing ({status}: {said}); see its log.", after, brief)
    if status in (401, 403):
        return ProviderRefused(f"{at.name} refused the key ({status}); correct its key_env or key_file.", brief)
    if status == 404:
        return ProviderRefused(
            f"{at.name} knows no model '{at.model}' at {at.url} ({said}); correct url or model.", brief
        )
    return ProviderRefused(f"{at.name} refused the request ({status}: {said}); check its settings.", brief)


def no_connection(at: Endpoint, cause: BaseException | None) -> ProviderError:
    """The error when no request could be sent."""
    where = f"{urlsplit(at.url).hostname}:{urlsplit(at.url).port or urlsplit(at.url).scheme}"
    root = next((one for one in _chain(cause) if isinstance(one, (socket.gaierror, ssl.SSLError))), cause)
    if isinstance(root, socket.gaierror):
        return ProviderError(
            f"{at.name} cannot be found: the name of {where} is unknown; correct its url.", "no connection"
        )
    if isinstance(root, ssl.SSLError):
        return ProviderError(
            f"{at.name} at {where} has no valid certificate ({root.reason}); correct its url.", "no connection"
        )
    return ProviderError(f"{at.name} does not listen at {where}; start it or correct its url.", "no connection")


def too_slow_to_connect(at: Endpoint, limits: Limits) -> ProviderError:
    """The error when the connection was not made within its limit."""
    return ProviderTimeout(f"{at.name} at {at.url} took no connection within {limits.connect_s:g} s.", "no connection")


def cut_off(name: str, told: str = "") -> ProviderError:
    """The error when an answer ended before its end."""
    said = f" ({' '.join(told.split())[:_TOLD]})" if told else ""
    return ProviderError(f"{name} broke off in the middle of its answer{said}; see its log.", "broken off")


def not_a_stream(name: str, got: str) -> ProviderError:
    """The error when something answered that is not a chat endpoint."""
    return ProviderError(
        f"{name} sent {got[:80]} where a stream of chat chunks belongs; correct its url.", "unusable answer"
    )


def withheld(name: str) -> ProviderError:
    """The error when the provider's own content filter stopped the answer."""
    return ProviderRefused(f"The content filter of {name} withheld the answer; ask in other words.", "content filter")


def retry_after_s(header: str | None) -> float | None:
    """Seconds of a Retry-After header, which gives seconds or a date (RFC 9110, section 10.2.3); None without one.

    >>> retry_after_s("7")
    7.0
    >>> retry_after_s("soon")
    """
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _said(at: Endpoint, told: str) -> str:
    said = " ".join(told.split())
    return (said.replace(at.key, "****") if at.key else said)[:_TOLD] or "no reason given"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
