"""The contract between the doors (CLI, web, MCP) and the flows: Protocols, records in, records out.

Each Protocol has two implementations: the flow's own `service.py` in this process, and `vedette.remote` over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from vedette.records import (
    Access,
    AccountChange,
    AnswerEvent,
    Asker,
    AuditEntry,
    AuditReport,
    Caller,
    ChannelName,
    CollectionInfo,
    Conversation,
    ConversationInfo,
    ConversationTurn,
    DocumentInfo,
    Feedback,
    IdentifierCard,
    IngestProgress,
    IngestReport,
    IngestRequest,
    KeyInfo,
    Notice,
    Original,
    PartHealth,
    Person,
    Preprocessed,
    Quarantined,
    Query,
    Question,
    QueueCounts,
    QueuedQuestion,
    QueueFilter,
    QueueTerms,
    Retrieval,
    Rewritten,
    Role,
    ScopeDecision,
    Session,
    SessionInfo,
    Sharing,
    StoredDocument,
    Submission,
    Thumb,
    Tried,
    Turn,
    TurnEvent,
    Upload,
    VerifyReport,
)


class Knowledge(Protocol):
    """Documents in, passages and answers out."""

    def seen_by(self, access: Access) -> Knowledge:
        """The same, with nothing in it that `access` does not allow: for whoever asks, the rest does not exist."""
        ...

    def ingest(self, request: IngestRequest) -> Iterator[IngestProgress | IngestReport]:
        """Read the targets; progress records as it goes, the report last. What was reported is stored."""
        ...

    def upload(self, upload: Upload) -> IngestReport:
        """Store and index one file; a file that cannot be read stands in `failed`, with the reason."""
        ...

    def preprocess(self, text: str) -> Preprocessed:
        """What would be indexed of a text: language, identifiers, chunks. Stores nothing."""
        ...

    def documents(self, collection: str | None = None) -> tuple[DocumentInfo, ...]:
        """Every document of a collection (of all, for None), by source."""
        ...

    def failures(self, collection: str | None = None) -> tuple[Quarantined, ...]:
        """The quarantine: files that could not be read, with page and reason."""
        ...

    def dismiss(self, collection: str, source: str) -> None:
        """Take a file out of the quarantine; it comes back if it is read again in vain. Raises NotFound."""
        ...

    def document(self, document: str) -> StoredDocument:
        """A document by id. Raises NotFound."""
        ...

    def original(self, document: str) -> Original:
        """The bytes that a document was read from. Raises NotFound."""
        ...

    def remove(self, document: str) -> None:
        """Remove a document from catalogue, index and originals at once. Raises NotFound."""
        ...

    def share(self, document: str, sharing: Sharing) -> DocumentInfo:
        """Say who may read a document; answers follow at once. Raises NotFound, BadInput for an unknown label."""
        ...

    def share_collection(self, collection: str, readers: tuple[str, ...]) -> CollectionInfo:
        """Say who may read a collection. Raises NotFound."""
        ...

    def remove_collection(self, collection: str) -> int:
        """Remove a collection with all its documents; returns how many there were. Raises NotFound."""
        ...

    def identifier(self, value: str, collection: str) -> IdentifierCard:
        """What the collection's records say of an identifier. Raises NotFound."""
        ...

    def verify(self, repair: bool = False) -> VerifyReport:
        """Compare catalogue, index and originals; with `repair`, remove orphans and re-index what is missing."""
        ...

    def collections(self) -> tuple[CollectionInfo, ...]:
        """All collections, by name."""
        ...

    def retrieve(self, query: Query) -> Retrieval:
        """The `query.k` best passages. Raises NotFound for an unknown collection, BadInput for an empty text."""
        ...

    def scope(self, question: Question) -> ScopeDecision:
        """Whether the collection holds enough to answer, without answering. Raises as `retrieve`."""
        ...

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        """Stages and tokens as they come, the checked answer last. Raises as `retrieve`."""
        ...

    def health(self) -> tuple[PartHealth, ...]:
        """Every part: store, index, embedder, providers, disk."""
        ...


class Accounts(Protocol):
    """Who somebody is, and who may do what. To strangers nothing tells whether an account exists."""

    def registers(self) -> bool:
        """Whether people can make an account by themselves."""
        ...

    def register(self, email: str, password: str, name: str, caller: Caller) -> None:
        """Make an account with the role that the settings give new ones; done as well, as far as anybody can see, when
        there is one already (its owner is told by mail). Raises BadInput for a weak password or a malformed address,
        Forbidden where registering is closed, TooMany."""
        ...

    def sign_in(self, email: str, password: str, caller: Caller) -> Session:
        """Raises Unauthorized, TooMany: the same, in the same time, for a wrong password and an unknown address."""
        ...

    def refresh(self, refresh_token: str, caller: Caller) -> Session:
        """New tokens for old; a refresh token works once. Raises Unauthorized; one used twice ends its session."""
        ...

    def sign_out(self, access_token: str) -> None:
        """End the session at once. Raises Unauthorized."""
        ...

    def who(self, token: str) -> Person:
        """Whose access token or API key it is. Raises Unauthorized when it is forged, expired, revoked or disabled."""
        ...

    def recheck(self, token: str) -> None:
        """Raises Unauthorized when what a token stood for is gone since `who` took it: its session or key has ended, or
        its person is disabled. That an access token ran out meanwhile ends nothing that it began."""
        ...

    def forgot(self, email: str, caller: Caller) -> None:
        """Mail a link that sets a new password, once, for half an hour; nothing happens for an unknown address, and
        nobody can tell. Raises TooMany."""
        ...

    def reset(self, token: str, password: str, caller: Caller) -> None:
        """Set a new password by such a link and end all sessions. Raises Unauthorized, BadInput."""
        ...

    def change_password(self, person: Person, old: str, new: str, caller: Caller) -> Session:
        """Set a new password, end all other sessions, begin a new one. Raises Forbidden for a wrong old one, BadInput,
        TooMany."""
        ...

    def sessions(self, person: Person, access_token: str = "") -> tuple[SessionInfo, ...]:
        """Where the person is signed in, the last used first."""
        ...

    def end_session(self, person: Person, session: str) -> None:
        """End one of the person's own sessions. Raises NotFound."""
        ...

    def keys(self, person: Person) -> tuple[KeyInfo, ...]:
        """The person's API keys."""
        ...

    def make_key(self, person: Person, name: str, days: int = 0) -> tuple[KeyInfo, str]:
        """A new API key and its secret, which is shown this once. `days` until it expires; 0: never."""
        ...

    def revoke_key(self, person: Person, key: str) -> None:
        """Raises NotFound."""
        ...

    def rename(self, person: Person, name: str, language: str) -> Person:
        """Change one's own name and language."""
        ...

    def people(self) -> tuple[Person, ...]:
        """All accounts, by address."""
        ...

    def create(self, email: str, password: str, name: str, role: Role, by: str) -> Person:
        """Make an account as an admin does. Raises Conflict when there is one, BadInput."""
        ...

    def change(self, person: str, change: AccountChange, by: str) -> Person:
        """Change role, groups, clearance, or disable; what is taken away is gone at the next request. Raises NotFound,
        Conflict when no admin would be left."""
        ...

    def remove(self, person: str, by: str) -> None:
        """Delete an account with its sessions and keys. Raises NotFound, Conflict."""
        ...

    def reset_link(self, email: str, by: str) -> str:
        """A link that sets a new password, once, for half an hour, for an admin to hand over; those of before end.
        Raises NotFound."""
        ...

    def note(self, actor: str, action: str, target: str, **details: str) -> None:
        """Add a line to the audit log."""
        ...

    def audit(self, before: int | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        """The last lines of the audit log, newest first; those before a number when it is given."""
        ...

    def verify_audit(self) -> AuditReport:
        """Whether no line was changed, taken out or put in."""
        ...

    def health(self) -> tuple[PartHealth, ...]:
        """Database, mail, open sign-in."""
        ...


class Conversations(Protocol):
    """Questions with a memory. `person` is the id of whose conversations they are: nobody sees another's."""

    def seen_by(self, knowledge: Knowledge) -> Conversations:
        """The same, without what answers took from documents that `knowledge` does not hold, or holds changed."""
        ...

    def list(self, person: str, search: str = "") -> tuple[ConversationInfo, ...]:
        """Those whose title or turns, as they may be read, contain all words of `search`, the last changed first."""
        ...

    def begin(self, person: str, collection: str) -> ConversationInfo:
        """A new, empty one; its first question becomes its title."""
        ...

    def get(self, person: str, conversation: str) -> Conversation:
        """Raises NotFound, for another's too."""
        ...

    def rename(self, person: str, conversation: str, title: str) -> ConversationInfo:
        """Raises NotFound, BadInput."""
        ...

    def remove(self, person: str, conversation: str) -> None:
        """Raises NotFound."""
        ...

    def ask(self, person: str, conversation: str, text: str, knowledge: Knowledge) -> Iterator[TurnEvent]:
        """Ask in a conversation: the rewritten question first, then the answer's events, the stored turn last.

        `knowledge` is what this person may see. The turn is stored before it is answered: a kill loses no question.
        Raises NotFound, BadInput before anything comes."""
        ...

    def again(self, person: str, conversation: str, turn: str, text: str, knowledge: Knowledge) -> Iterator[TurnEvent]:
        """Ask a turn anew, with another text where one is given; it and all after it are replaced. Raises as `ask`."""
        ...

    def standalone(self, text: str, history: tuple[Turn, ...]) -> Rewritten:
        """A question after others, as one that stands alone; for who keeps the history themselves. Stores nothing."""
        ...

    def rate(self, person: str, conversation: str, turn: str, thumb: Thumb, reason: str) -> ConversationTurn:
        """Thumbs up, down, or none, with a reason. Raises NotFound, BadInput."""
        ...

    def export(self, person: str, conversation: str) -> str:
        """The conversation as Markdown, sources included. Raises NotFound."""
        ...

    def feedback(self, limit: int = 200) -> tuple[Feedback, ...]:
        """What was rated by anybody, newest first: for the admin."""
        ...

    def forget(self, person: str) -> None:
        """Delete all conversations of a person."""
        ...


class Questions(Protocol):
    """Questions that are answered later, oldest first and fair between people. What was acknowledged is stored."""

    def seen_by(self, knowledge: Knowledge) -> Questions:
        """The same, without what answers took from documents that `knowledge` does not hold, or holds changed."""
        ...

    def terms(self) -> QueueTerms:
        """What is asked and offered where a question is put."""
        ...

    def submit(self, asker: Asker, submission: Submission) -> QueuedQuestion:
        """Store a question; it comes back with its place in the line. Raises BadInput, TooMany over a quota."""
        ...

    def get(self, person: str, question: str) -> QueuedQuestion:
        """Raises NotFound, for another's too."""
        ...

    def list(self, person: str, limit: int = 100, before: str = "") -> tuple[QueuedQuestion, ...]:
        """One's own, the last asked first; those asked before a time where one is given. Without answers: see `get`."""
        ...

    def cancel(self, person: str, question: str) -> QueuedQuestion:
        """Take a question out of the line. Raises NotFound, Conflict when it is answered already."""
        ...

    def retry(self, person: str, question: str) -> QueuedQuestion:
        """Put a question that was given up back into the line, or send its mail again. Raises NotFound, Conflict."""
        ...

    def rate(self, person: str, question: str, thumb: Thumb, reason: str) -> QueuedQuestion:
        """Thumbs up, down, or none. Raises NotFound, BadInput, Conflict when there is no answer yet."""
        ...

    def forget(self, person: str) -> int:
        """Delete all questions of a person with their answers; returns how many."""
        ...

    def queue(self, state: QueueFilter | None = None, limit: int = 100) -> tuple[QueuedQuestion, ...]:
        """Everybody's, the last asked first: for the admin, who may retry them as well; without texts and answers."""
        ...

    def counts(self) -> QueueCounts:
        """How many stand where."""
        ...

    def retry_any(self, question: str) -> QueuedQuestion:
        """`retry` of anybody's question, for the admin. Raises NotFound, Conflict."""
        ...

    def health(self) -> tuple[PartHealth, ...]:
        """The queue, its workers, and its mail."""
        ...


class Notices(Protocol):
    """What people are told of trouble."""

    def notices(self, limit: int = 50) -> tuple[Notice, ...]:
        """The last told first."""
        ...

    def test(self, channel: ChannelName | None = None) -> tuple[Tried, ...]:
        """Send a trial message to every recipient (of a channel), now; what came of each."""
        ...

    def health(self) -> tuple[PartHealth, ...]:
        """Whether the last ones arrived."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What the doors are handed. `accounts` is None in the demo on one's own machine, where nobody signs in; `notices`
    where no rule names anybody."""

    knowledge: Knowledge
    conversations: Conversations
    questions: Questions
    accounts: Accounts | None = None
    notices: Notices | None = None
