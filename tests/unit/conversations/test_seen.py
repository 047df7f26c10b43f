"""What of a stored answer is shown to whoever has lost a document that it stands on."""

from __future__ import annotations

from dataclasses import replace

from fakes.knowledge import ANSWER, ID, PASSAGE, FixedKnowledge
from vedette.conversations.search import still_found
from vedette.conversations.seen import LEFT_OUT, as_seen, seen_by
from vedette.errors import NotFound
from vedette.records import (
    Answer,
    Claim,
    Conversation,
    ConversationInfo,
    ConversationTurn,
    Document,
    DocumentInfo,
    Source,
    StoredDocument,
)

INFO = ConversationInfo("c1", "Keys", "default", 1, "", "")
TEXTS = {"open": "The gate code is four. Gates are green.", "closed": "The vault code is seven. Vaults are grey."}


class Shelf(FixedKnowledge):
    """Holds the documents of `texts`."""

    def __init__(self, **texts: str) -> None:
        super().__init__()
        self.texts = texts

    def document(self, document: str) -> StoredDocument:
        if document not in self.texts:
            raise NotFound(f"There is no document {document!r}.")
        info = DocumentInfo(document, "default", document, document, "prose", "en", "", 1, 1, 1, "", "")
        return StoredDocument(info, Document(document, document, self.texts[document], "text/plain"))


BOTH, OPEN = Shelf(**TEXTS), Shelf(open=TEXTS["open"])


def source(name: str, document: str, quote: str) -> Source:
    start = TEXTS[document].index(quote)
    return Source(name, document, document, f"{document}.md", 0, start, start + len(quote), quote, 0.9)


def answer(text: str, *names: str) -> Answer:
    quotes = {"s1": ("open", "The gate code is four."), "s2": ("closed", "The vault code is seven.")}
    sources = tuple(source(name, *quotes[name]) for name in names)
    claims = tuple(Claim(one.quote, "supported", (one.id,)) for one in sources)
    return Answer(text, False, "", claims, sources, "extractive", 1, {}, ("closed",), ("read as “closed”",))


def conversation(*answers: Answer, summary: str = "", summarised: int = 0) -> Conversation:
    turns = tuple(
        ConversationTurn(str(number), number, "And that?", f"And the vault of {number}?", "done", "", one, because="…")
        for number, one in enumerate(answers, start=1)
    )
    return Conversation(INFO, turns, summary, summarised)


def shown(text: str, *names: str) -> str:
    seen = as_seen(conversation(answer(text, *names)), OPEN).turns[0].answer
    assert seen is not None
    return seen.text


def test_whoever_holds_everything_reads_the_very_same() -> None:
    whole = conversation(answer("The gate code is four. [s1]", "s1"), summary="Of gates.", summarised=1)
    assert as_seen(whole, BOTH) is whole
    assert as_seen(whole, OPEN) is whole


def test_sentences_go_with_their_source_and_a_sentence_says_so() -> None:
    gate, vault = "The gate code is four. [s1]", "The vault code is seven. [s2]"
    assert shown(f"- {gate}\n- {vault}", "s1", "s2") == f"- {gate}\n\n{LEFT_OUT}"
    assert shown(f"{vault} {gate}", "s1", "s2") == f"{gate}\n\n{LEFT_OUT}"
    assert shown("Both codes are short. [s1] [s2]", "s1", "s2") == LEFT_OUT
    assert shown(vault, "s2") == LEFT_OUT


def test_what_carries_no_marker_goes_too() -> None:
    text = "## Vaults are grey\n\n```\nvault --open 7\n```\n\nThe gate code is four. [s1]"
    assert shown(f"{text} The vault code is seven. [s2] By the way, 7.", "s1", "s2") == (
        f"The gate code is four. [s1]\n\n{LEFT_OUT}"
    )


def test_nothing_else_of_the_answer_tells() -> None:
    full = replace(
        answer("The gate code is four. [s1] The vault code is seven. [s2]", "s1", "s2"),
        checks=ANSWER.checks,
        passages=(
            replace(PASSAGE, document="closed", chunk=replace(PASSAGE.chunk, text=TEXTS["closed"])),
            replace(PASSAGE, document="open", chunk=replace(PASSAGE.chunk, text=TEXTS["open"])),
        ),
    )
    seen = as_seen(conversation(full), OPEN).turns[0].answer
    assert seen is not None
    assert not any(word in repr(seen) for word in ("vault", "Vault", "closed", "seven"))
    assert ([one.id for one in seen.sources], [one.document for one in seen.passages]) == (["s1"], ["open"])
    assert [claim.sources for claim in seen.claims] == [("s1",)]


def test_an_uncited_passage_that_is_gone_leaves_the_cited_text() -> None:
    kept = answer("The gate code is four. [s1]", "s1")
    seen = as_seen(conversation(replace(kept, passages=(PASSAGE,))), OPEN).turns[0].answer
    assert seen is not None
    assert (seen.text, seen.passages, seen.topics) == (kept.text, (), ())


def test_a_refusal_keeps_its_reason_and_loses_its_topics() -> None:
    refused = Answer("Nothing here.", True, "Nothing here.", (), (), "none", 1, {}, ("Vaults",), passages=(PASSAGE,))
    seen = as_seen(conversation(refused), OPEN).turns[0].answer
    assert seen is not None
    assert (seen.text, seen.topics, seen.passages) == ("Nothing here.", (), ())


def test_a_document_that_changed_is_no_longer_quoted() -> None:
    changed = Shelf(open=TEXTS["open"], closed="The vault code is [redacted].")
    seen = as_seen(conversation(answer("The vault code is seven. [s2]", "s2")), changed).turns[0].answer
    assert seen is not None
    assert (seen.text, seen.sources) == (LEFT_OUT, ())


def test_what_came_of_an_answer_goes_with_it() -> None:
    first, second = answer("The vault code is seven. [s2]", "s2"), answer("The gate code is four. [s1]", "s1")
    seen = as_seen(conversation(first, second, second, summary="The vault code is seven.", summarised=2), OPEN)
    assert (seen.summary, seen.summarised) == ("", 0)
    assert [turn.standalone for turn in seen.turns] == ["And the vault of 1?", "And that?", "And that?"]
    assert seen.turns[1].answer == second
    later = as_seen(conversation(second, first, summary="The gate code is four.", summarised=1), OPEN)
    assert (later.summary, later.summarised) == ("The gate code is four.", 1)


def test_the_sentence_in_place_of_what_is_left_out_tells_no_search_what_that_was() -> None:
    told = conversation(answer("The gate code is four. [s1] The vault was changed. [s2]", "s1", "s2"))
    assert "changed" in LEFT_OUT
    assert still_found(told, "changed", seen_by(BOTH))
    assert not still_found(told, "changed", seen_by(OPEN))
    assert still_found(told, "gate four", seen_by(OPEN))


def test_the_fixed_answer_of_other_tests_is_whole() -> None:
    turn = ConversationTurn("1", 1, "How?", "How?", "done", "", ANSWER)
    whole = Conversation(INFO, (turn,))
    assert as_seen(whole, FixedKnowledge()) is whole
    assert {one.document for one in ANSWER.sources} == {ID}
