"""Everything that Vedette raises on purpose.

    VedetteError                 400-599: `status`, `retry`, and a sentence that says what to do
    ├── BadInput            400  the request or a file named in it is wrong
    │   ├── NotFound        404  no such document, collection, path
    │   ├── TooLarge        413  over a limit that a setting names
    │   ├── UnsafeTarget    400  a URL or path that Vedette refuses to read (SSRF, `..`, symlink out of the folder)
    │   └── LoadError       422  a file that cannot be read: it is quarantined, the others go on
    ├── Unauthorized        401  nobody is signed in, or what proves it is wrong, expired or revoked
    ├── Forbidden           403  the caller may not do this
    ├── TooMany             429  too many requests or attempts (retry, after `retry_after_s`)
    ├── Conflict            409  another process owns the data folder, or the port is taken
    ├── Cancelled           409  somebody stopped the work before it was done
    ├── SettingsError       500  a setting is wrong: names it, its value and where it was looked for
    ├── MissingExtra        501  an optional library is not installed: gives the install line
    ├── Unreachable         503  another Vedette server, which should answer, does not (retry)
    ├── StorageError        507  disk full, read-only folder, broken store
    └── ProviderError       502  a language-model or embeddings provider failed
        ├── ProviderTimeout 504  it did not answer within the limit (retry)
        ├── ProviderBusy    503  429 or 5xx (retry, after `retry_after_s`)
        ├── ProviderRefused 502  wrong key, unknown model, bad request (no retry)
        ├── MailDelayed     503  the mail server does not take a message now (retry)
        └── MailRefused     502  it will never take it; `brief` is what it said (no retry)

Errors cross the HTTP seam by class name and come back as the same class.
"""

from __future__ import annotations


class VedetteError(Exception):
    """Something went wrong in Vedette; run `vedette doctor` to see which part."""

    status: int = 500
    retry: bool = False

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])

    @property
    def message(self) -> str:
        return str(self.args[0])


class BadInput(VedetteError):
    """The request is not valid; correct it and send it again."""

    status = 400


class NotFound(BadInput):
    """There is no such thing here; `vedette documents list` shows what there is."""

    status = 404


class TooLarge(BadInput):
    """The input is larger than the limit allows; raise the limit in the settings or send less."""

    status = 413


class UnsafeTarget(BadInput):
    """Vedette refuses to read this; only public http(s) addresses and paths inside the given folder are read."""

    status = 400


class LoadError(BadInput):
    """The file cannot be read; open it in its own program and save it again, then ingest it once more."""

    status = 422

    def __init__(self, message: str | None = None, page: int | None = None) -> None:
        super().__init__(message)
        self.page = page


class Forbidden(VedetteError):
    """This is not allowed for the caller."""

    status = 403


class Unauthorized(VedetteError):
    """Sign in first: what was sent proves nothing, or no longer does."""

    status = 401


class TooMany(VedetteError):
    """Too many attempts; wait a while and try again."""

    status = 429
    retry = True

    def __init__(self, message: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Conflict(VedetteError):
    """Another process uses this; stop it or choose another one."""

    status = 409


class Cancelled(VedetteError):
    """This was stopped before it was done; begin it again to have it."""

    status = 409


class SettingsError(VedetteError):
    """A setting is wrong; `vedette doctor` lists every setting, its value and where it comes from."""

    status = 500


class MissingExtra(VedetteError):
    """An optional library is not installed."""

    status = 501

    @classmethod
    def of(cls, library: str, extra: str) -> MissingExtra:
        """The error for a library that the extra `extra` of the package brings."""
        return cls(f"{library} is not installed; install it with: pip install 'vedette[{extra}]'")


class StorageError(VedetteError):
    """The data folder cannot be written; check free space and permissions. Nothing already stored is lost."""

    status = 507


class Unreachable(VedetteError):
    """The Vedette server does not answer; see its log, or start it again: vedette serve."""

    status = 503
    retry = True


class ProviderError(VedetteError):
    """The provider failed; the next one of the chain is tried.

    `brief` is the cause in a few words ("429", "no connection"): what a visitor may read, without addresses or keys.
    """

    status = 502

    def __init__(self, message: str | None = None, brief: str = "") -> None:
        super().__init__(message)
        self.brief = brief or "failed"


class ProviderTimeout(ProviderError):
    """The provider did not answer in time; the next one of the chain is tried."""

    status = 504
    retry = True


class ProviderBusy(ProviderError):
    """The provider is overloaded or failing; it is tried again after a pause."""

    status = 503
    retry = True

    def __init__(self, message: str | None = None, retry_after_s: float | None = None, brief: str = "") -> None:
        super().__init__(message, brief)
        self.retry_after_s = retry_after_s


class ProviderRefused(ProviderError):
    """The provider refused the request; check its key, model and address in the settings."""


class MailDelayed(ProviderError):
    """The mail server does not take the message now; it is tried again after a pause."""

    status = 503
    retry = True


class MailRefused(ProviderError):
    """The mail server refused the message for good; correct the address and send it again."""


def by_name(name: str, message: str) -> VedetteError:
    """The error of class `name`, for a caller at the other end of the HTTP seam.

    >>> type(by_name("NotFound", "gone")).__name__
    'NotFound'
    """
    found = globals().get(name)
    known = isinstance(found, type) and issubclass(found, VedetteError)
    return found(message) if known else VedetteError(message)  # type: ignore[misc]
