"""Every setting, with its help: the only reader of the environment.

Precedence: command-line flag > environment (`VEDETTE_SECTION_NAME`) > file (`vedette.toml`) > default. The origin of
each value is kept: `vedette doctor --settings` shows it, and an error says where it was looked for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any, get_type_hints

from vedette.errors import SettingsError
from vedette.settings.providers import ProviderSettings, read_providers
from vedette.settings.values import convert, setting

REGISTRATION = ("closed", "reader", "editor")
# What Kubernetes tells every container about a service named `vedette`, besides VEDETTE_PORT.
_KUBERNETES = re.compile(r"VEDETTE_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_TCP(_(PROTO|PORT|ADDR))?)")


@dataclass(frozen=True, slots=True)
class IngestSettings:
    max_file_mb: int = setting(25, "Largest file that is read, in MB.", least=1)
    max_pages: int = setting(2000, "Most pages of one document.", least=1)
    max_seconds: int = setting(60, "Longest time to parse one file, in seconds.", least=1)
    max_memory_mb: int = setting(1024, "Most memory of the parsing process, in MB.", least=128)
    max_expansion_mb: int = setting(200, "Most uncompressed content of a zipped format such as DOCX, in MB.")
    chunk_tokens: int = setting(254, "Token budget of a chunk, title included, in tokens of the embedder.", least=64)
    overlap_tokens: int = setting(50, "Tokens that neighbouring chunks share.")
    ocr: bool = setting(False, "Read scanned PDFs with tesseract (extra `ocr`).")
    ocr_languages: str = setting("eng", "Languages of the scans, as tesseract names them, such as `spa+eng`.")
    url_max_mb: int = setting(10, "Largest document fetched from a URL, in MB.")
    url_seconds: int = setting(15, "Longest fetch of a URL, in seconds.")


@dataclass(frozen=True, slots=True)
class EmbedSettings:
    model: str = setting("", "Folder of another ONNX model; the packaged all-MiniLM-L6-v2 when empty.")
    workers: int = setting(0, "Embedding threads; 0 means one for each core.")
    url: str = setting("", "Base URL of an OpenAI-compatible embeddings endpoint, used instead of a local model.")
    url_model: str = setting("", "Model name at that endpoint.")
    key: str = setting("", "Key for that endpoint.", secret=True)
    url_context_tokens: int = setting(8192, "Longest text that endpoint takes, in tokens; more is cut.", least=64)


@dataclass(frozen=True, slots=True)
class IndexSettings:
    url: str = setting("", "URL of a Qdrant server or cluster; the embedded index when empty.")
    key: str = setting("", "API key of the Qdrant server.", secret=True)
    prefix: str = setting("vedette", "Name of the collection on the Qdrant server.")


@dataclass(frozen=True, slots=True)
class S3Settings:
    endpoint: str = setting("", "URL of an S3-compatible server; Amazon's when empty.")
    key: str = setting("", "Access key; found as boto3 finds it when empty.", secret=True)
    secret: str = setting("", "Secret key.", secret=True)
    region: str = setting("", "Region of the bucket.")


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    passages: int = setting(8, "Passages handed to the language model.")
    context_tokens: int = setting(3000, "Token budget of the context handed to the language model.")
    deadline_s: float = setting(60.0, "Longest time for the whole provider chain, in seconds.")
    first_token_s: float = setting(15.0, "Longest wait for the first token of a provider, in seconds.")
    breaker_failures: int = setting(5, "Failures in a row after which a provider is left out.")
    breaker_seconds: float = setting(30.0, "How long a failing provider is left out, in seconds.")


@dataclass(frozen=True, slots=True)
class CacheSettings:
    megabytes: int = setting(32, "Answers kept in memory to be given again, in MB; none when 0.")
    minutes: float = setting(
        60.0, "How long an answer is kept, in minutes; a changed library needs no waiting.", least=1
    )
    url: str = setting("", "redis:// URL of a server that keeps the answers for several of ours.", secret=True)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8000, "Port to listen on.", most=65_535)
    allowed_hosts: str = setting("127.0.0.1,localhost,[::1]", "Host names that requests may name, comma separated.")
    cors_origins: str = setting("", "Origins that browsers may call from, comma separated; none when empty.")
    max_upload_mb: int = setting(25, "Largest upload, in MB.")
    per_address: int = setting(1200, "Requests a minute of one network address where people sign in; 0: any number.")
    per_person: int = setting(300, "Requests a minute of one person; 0: any number.")
    proxies: str = setting("", "Addresses of proxies that are believed whose request they pass on, comma separated.")
    page: str = setting("", "Folder of another built page; the packaged one when empty.")


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """The address is no plain one: `sqlite:////path` has no host."""

    url: str = setting(
        "",
        "Database of people and conversations: postgresql://, mysql:// or sqlite://; people.db in the data folder "
        "when empty.",
        secret=True,
        address=False,
    )


@dataclass(frozen=True, slots=True)
class AccountsSettings:
    sign_in: bool = setting(False, "Whether people sign in; without it whoever reaches the server is its owner.")
    secret_key: str = setting(
        "", "Secret that signs access tokens, 32 bytes or more; made once in the data folder when empty.", secret=True
    )
    token_hours: float = setting(24.0, "How long an access token holds, in hours.", least=0.05, most=24 * 30)
    refresh_days: float = setting(14.0, "How long a browser stays signed in unused, in days.", least=0.1, most=365)
    session_days: float = setting(90.0, "How long a session lasts at most, used or not, in days.", least=0.1, most=3650)
    registration: str = setting(
        "closed", "Role of whoever registers by themselves: reader or editor; closed: nobody can.", choices=REGISTRATION
    )
    hash_memory_mib: int = setting(19, "Memory that hashing a password takes, in MiB.", least=8, most=1024)
    throttle: str = setting(
        "", "redis:// URL where attempts are counted for several servers; in memory when empty.", secret=True
    )
    page_url: str = setting("http://127.0.0.1:8000", "Address of the page as people reach it, for links in mails.")


@dataclass(frozen=True, slots=True)
class MailSettings:
    url: str = setting(
        "",
        "Server that mails links for new passwords, such as smtp+starttls://user:password@mail.example.org; smtp:// "
        "and smtps:// work too. No mail when empty.",
        secret=True,
    )
    sender: str = setting("vedette@localhost", "Address that mails come from.")


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """One provider from the environment; a chain of several stands in the file as `[[providers]]`."""

    url: str = setting("", "Base URL of an OpenAI-compatible chat endpoint, such as http://127.0.0.1:11434/v1.")
    model: str = setting("", "Model name at that endpoint.")
    key: str = setting("", "Key for that endpoint.", secret=True)


@dataclass(frozen=True, slots=True)
class Settings:
    data: Path
    ingest: IngestSettings = IngestSettings()
    embed: EmbedSettings = EmbedSettings()
    index: IndexSettings = IndexSettings()
    answer: AnswerSettings = AnswerSettings()
    cache: CacheSettings = CacheSettings()
    server: ServerSettings = ServerSettings()
    s3: S3Settings = S3Settings()
    llm: LlmSettings = LlmSettings()
    database: DatabaseSettings = DatabaseSettings()
    accounts: AccountsSettings = AccountsSettings()
    mail: MailSettings = MailSettings()
    providers: tuple[ProviderSettings, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)


SECTIONS: Mapping[str, type] = {
    "ingest": IngestSettings,
    "embed": EmbedSettings,
    "index": IndexSettings,
    "answer": AnswerSettings,
    "cache": CacheSettings,
    "server": ServerSettings,
    "s3": S3Settings,
    "llm": LlmSettings,
    "database": DatabaseSettings,
    "accounts": AccountsSettings,
    "mail": MailSettings,
}


def load(environ: Mapping[str, str], data: Path | None = None, config: Path | None = None) -> Settings:
    """The settings of this process. Raises SettingsError naming the setting, its value and where it was looked for."""
    origins: dict[str, str] = {}
    data = data or Path(environ.get("VEDETTE_DATA") or "data")
    path = config or Path(environ.get("VEDETTE_CONFIG") or data / "vedette.toml")
    named = config is not None or "VEDETTE_CONFIG" in environ
    table = _read(path, named)
    sections = {name: _section(name, table.get(name, {}), environ, path, origins) for name in SECTIONS}
    _refuse_unknown(table, environ, path)
    providers = read_providers(table.get("providers", []), environ, path)
    ingest: IngestSettings = sections["ingest"]
    if 2 * ingest.overlap_tokens > ingest.chunk_tokens:
        raise SettingsError(
            f"ingest.overlap_tokens is {ingest.overlap_tokens} and ingest.chunk_tokens {ingest.chunk_tokens}; "
            "neighbouring chunks may share half of their tokens at most."
        )
    llm: LlmSettings = sections["llm"]
    if llm.url:
        if not llm.model:
            raise SettingsError("VEDETTE_LLM_URL is set but VEDETTE_LLM_MODEL is not; name the model to ask there.")
        providers = (ProviderSettings("llm", llm.url, llm.model, llm.key), *providers)
    return Settings(data=data.absolute(), providers=providers, origins=origins, **sections)


def with_server(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with the flags of `vedette serve` over them."""
    server = settings.server
    return replace(
        settings, server=replace(server, host=host or server.host, port=server.port if port is None else port)
    )


def require_safe_to_serve(settings: Settings) -> None:
    """Beyond this machine nobody is served who has not signed in. Raises SettingsError."""
    if is_loopback(settings.server.host):
        return
    if not settings.accounts.sign_in:
        raise SettingsError(
            f"server.host is {settings.server.host}, which others can reach; set VEDETTE_ACCOUNTS_SIGN_IN=true so that "
            "people sign in, or listen on 127.0.0.1."
        )
    if not settings.accounts.secret_key:
        raise SettingsError(
            f"server.host is {settings.server.host}, which others can reach; set VEDETTE_ACCOUNTS_SECRET_KEY to 32 "
            "random bytes or more, such as what `openssl rand -base64 48` prints."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def describe(settings: Settings) -> list[tuple[str, str, str, str]]:
    """(variable, value, origin, help) of every setting; secrets masked."""
    rows = [("VEDETTE_DATA", str(settings.data), "flag, environment or default", "Folder that holds everything.")]
    for name in SECTIONS:
        section = getattr(settings, name)
        for item in fields(section):
            key = f"{name}.{item.name}"
            value = getattr(section, item.name)
            shown = "****" if item.metadata.get("secret") and value else str(value)
            rows.append((variable(name, item.name), shown, settings.origins.get(key, "default"), item.metadata["help"]))
    return rows


def variable(section: str, name: str) -> str:
    """The environment variable of a setting.

    >>> variable("ingest", "max_pages")
    'VEDETTE_INGEST_MAX_PAGES'
    """
    return f"VEDETTE_{section}_{name}".upper()


def _read(path: Path, named: bool) -> dict[str, Any]:
    if not path.exists():
        if named:
            raise SettingsError(f"The settings file {path} does not exist; correct VEDETTE_CONFIG or create it.")
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.") from error


def _section(
    name: str, table: Mapping[str, Any], environ: Mapping[str, str], path: Path, origins: dict[str, str]
) -> Any:
    kind = SECTIONS[name]
    hints = get_type_hints(kind)
    if not isinstance(table, Mapping):
        raise SettingsError(f"'{name}' in {path} is '{table}'; it must be a section, [{name}].")
    unknown = set(table) - set(hints)
    if unknown:
        raise SettingsError(
            f"Unknown setting '{name}.{min(unknown)}' in {path}; `vedette doctor --settings` lists all."
        )
    values: dict[str, Any] = {}
    for item in fields(kind):
        from_env = environ.get(variable(name, item.name))
        if from_env is not None:
            values[item.name] = convert(from_env, item, hints, variable(name, item.name), "the environment")
            origins[f"{name}.{item.name}"] = "environment"
        elif item.name in table:
            values[item.name] = convert(table[item.name], item, hints, f"{name}.{item.name}", str(path))
            origins[f"{name}.{item.name}"] = str(path)
    return kind(**values)


def _refuse_unknown(table: Mapping[str, Any], environ: Mapping[str, str], path: Path) -> None:
    unknown = set(table) - set(SECTIONS) - {"providers"}
    if unknown:
        raise SettingsError(
            f"Unknown section '{min(unknown)}' in {path}; it may have {', '.join(SECTIONS)}, providers."
        )
    known = {variable(name, item.name) for name, kind in SECTIONS.items() for item in fields(kind)}
    known |= {"VEDETTE_DATA", "VEDETTE_CONFIG", "VEDETTE_DEV_DATA", "VEDETTE_TEST_QDRANT_URL"}
    for name, value in environ.items():
        if name.startswith("VEDETTE_") and name not in known and not _of_kubernetes(name, value):
            raise SettingsError(f"Unknown setting {name} in the environment; `vedette doctor --settings` lists all.")


def _of_kubernetes(name: str, value: str) -> bool:
    """Whether Kubernetes set this for a service named `vedette`. Source: Kubernetes, Service, "Environment variables".

    >>> _of_kubernetes("VEDETTE_PORT", "tcp://10.0.0.1:8000"), _of_kubernetes("VEDETTE_PORT", "8000")
    (True, False)
    """
    if name == "VEDETTE_PORT":
        return value.startswith("tcp://")
    return _KUBERNETES.fullmatch(name) is not None
