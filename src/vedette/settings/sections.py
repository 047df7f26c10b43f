"""The sections of the settings: each setting with its default and its help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vedette.settings.notify import NotifyRule
from vedette.settings.providers import ProviderSettings
from vedette.settings.values import setting

LANGUAGES = ("", "en", "es", "fr")
REGISTRATION = ("closed", "reader", "editor")
ATTACHMENTS = ("refuse", "ingest")
TRAINING = ("ask", "always", "never")


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
    language: str = setting(
        "",
        "Language of page and mails for whoever has chosen none: en, es or fr; the reader's own when empty.",
        choices=LANGUAGES,
    )


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
    bounces: str = setting("", "Address that hears of mails that could not be delivered; the sender's when empty.")
    ca_file: str = setting("", "Certificates (PEM) that the mail server may show, beside those that the system trusts.")


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """Questions by mail. The address is no plain one: `maildir:///path` has no host."""

    url: str = setting(
        "",
        "Mailbox that questions come to: imaps://user:password@mail.example.org/INBOX, or maildir:///path; none "
        "when empty.",
        secret=True,
        address=False,
    )
    ca_file: str = setting("", "Certificates (PEM) that the IMAP server may show, beside those that the system trusts.")
    authserv: str = setting(
        "",
        "Name under which the mail server writes how it checked a sender, the first word of its "
        "Authentication-Results; nobody else's are believed.",
    )
    trust_all: bool = setting(
        False, "Believe every sender: only where the mail server itself refuses mails with a forged one."
    )
    collection: str = setting("default", "Collection that answers questions by mail.")
    attachments: str = setting(
        "refuse",
        "Attachments: refuse says that they were not read; ingest adds those of editors and admins to the collection.",
        choices=ATTACHMENTS,
    )
    max_mb: int = setting(10, "Largest mail that is read, in MB.", least=1, most=100)
    every_s: float = setting(30.0, "How often the mailbox is looked at, in seconds.", least=1, most=86_400)


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """One provider from the environment; a chain of several stands in the file as `[[providers]]`."""

    url: str = setting("", "Base URL of an OpenAI-compatible chat endpoint, such as http://127.0.0.1:11434/v1.")
    model: str = setting("", "Model name at that endpoint.")
    key: str = setting("", "Key for that endpoint.", secret=True)


@dataclass(frozen=True, slots=True)
class QuestionsSettings:
    """Questions that are answered later."""

    url: str = setting(
        "",
        "MongoDB that keeps them, such as mongodb://user:password@host/name; the database of people when empty.",
        secret=True,
    )
    workers: int = setting(
        1, "Questions answered at once by `vedette up`, `serve` and `worker`; 0: by others.", most=64
    )
    waiting: int = setting(20, "Questions of one person that may wait at once; 0: any number. Staff has no limit.")
    per_day: int = setting(100, "Questions of one person in 24 hours; 0: any number.")
    tries: int = setting(5, "Tries to answer before a question is given up.", least=1, most=100)
    patience_s: float = setting(1800.0, "Longest time of the language models for one of them, in seconds.", least=1)
    insist_hours: float = setting(
        6.0, "How long one waits for a language model while none answers, in hours; then it is answered without."
    )
    training: str = setting(
        "ask", "Whether they become training data: ask each person, always or never.", choices=TRAINING
    )
    keep_days: int = setting(0, "Days after which questions and answers are deleted; 0: never.")
    server: str = setting("", "Address of a Vedette server that `vedette worker` on another machine lets answer.")
    server_key: str = setting("", "API key of an admin there.", secret=True)


@dataclass(frozen=True, slots=True)
class ForecastSettings:
    """How threats spread over networks."""

    worlds: int = setting(
        2000, "Courses of events that a forecast tries where nobody says how many.", least=100, most=100_000
    )
    draws: int = setting(20, "Draws of what is not known of the rates, over which they are divided.", least=1, most=100)
    max_upload_mb: int = setting(25, "Largest request with the files of a network, in MB.", least=1, most=512)
    at_once: int = setting(1, "Forecasts that the server works at at once.", least=1, most=64)
    each: int = setting(3, "Forecasts of one person that may run or wait at once.", least=1)
    epss: str = setting("", "FIRST's epss_scores CSV, gzipped or not: scores of CVEs of which no record has one.")
    rates: str = setting("", "JSON file with rules of the rates that take the place of ours; `vedette forecast rates`.")


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Who hears of what stands in the file as `[[notify.rules]]`."""

    language: str = setting("en", "Language of the notices.", choices=LANGUAGES[1:])
    repeat_hours: float = setting(24.0, "Trouble that goes on is told again after so many hours.", least=0.1)
    feed_days: float = setting(0.0, "Days after which a collection without anything new is told of; 0: never.")
    feeds: str = setting("", "Collections that new documents are expected in, comma separated; all when empty.")
    webhook_secret: str = setting("", "Secret that webhooks are signed with: whsec_ and a key in base64.", secret=True)
    twilio_account: str = setting("", "Account SID at Twilio, for text messages (extra `sms`).")
    twilio_token: str = setting("", "Its auth token.", secret=True)
    twilio_from: str = setting("", "Number of the account that they come from, or the SID of a messaging service.")
    twilio_url: str = setting("https://api.twilio.com", "Address of Twilio's API; another one for its other regions.")


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
    inbox: InboxSettings = InboxSettings()
    questions: QuestionsSettings = QuestionsSettings()
    forecast: ForecastSettings = ForecastSettings()
    notify: NotifySettings = NotifySettings()
    notify_rules: tuple[NotifyRule, ...] = ()
    providers: tuple[ProviderSettings, ...] = ()
    profile: str = ""
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
    "inbox": InboxSettings,
    "questions": QuestionsSettings,
    "forecast": ForecastSettings,
    "notify": NotifySettings,
}
