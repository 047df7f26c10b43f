"""What people may do to documents and collections, and what they cannot do to those they may not read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.shelf import BROKEN, Shelf, open_shelf
from fakes.words import WordEmbedder
from vedette.errors import BadInput, Conflict, Forbidden, NotFound
from vedette.rag.ask import Desk
from vedette.rag.generate.chain import Chain, ChainLimits, World
from vedette.rag.retrieve.turns import Turns
from vedette.rag.service import LocalKnowledge
from vedette.rag.understand.intent import Understander
from vedette.records import EVERYONE, NOBODY, Access, IngestReport, IngestRequest, Sharing, Upload, document_id

ANNA = Access((EVERYONE, "user:anna", "group:hr"), "AMBER")
BERT = Access((EVERYONE, "user:bert"), "GREEN")
HR = Sharing(("group:hr",), "AMBER")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path / "data", WordEmbedder()) as opened:
        yield opened


@pytest.fixture
def knowledge(shelf: Shelf) -> LocalKnowledge:
    embed = shelf.library.embedder.embed
    chain = Chain((), ChainLimits(), World(lambda: 0.0, lambda s: None, lambda: 0.0))
    return LocalKnowledge(Desk(shelf.library, Understander(embed), chain, lambda: "n", embed, Turns(2)), shelf.reader())


def ingest(
    knowledge: LocalKnowledge, *targets: str, sharing: Sharing | None = None, prune: bool = True
) -> IngestReport:
    *_, report = knowledge.ingest(IngestRequest(targets, "c", prune, sharing))
    assert isinstance(report, IngestReport)
    return report


def shared(knowledge: LocalKnowledge) -> dict[str, Sharing]:
    return {info.source: info.sharing for info in knowledge.documents("c")}


def test_an_ingest_shares_what_it_reads_and_leaves_the_rest_as_it_is(shelf: Shelf, knowledge: LocalKnowledge) -> None:
    shelf.files["docs"] = {"a.txt": "Heron\n\nIt stands.", "b.txt": "Stork\n\nIt flies."}
    ingest(knowledge, "docs")
    assert shared(knowledge) == {"a.txt": Sharing(), "b.txt": Sharing()}
    report = ingest(knowledge, "docs", sharing=Sharing(("group:hr",), "amber"))
    assert (report.documents, report.skipped) == (0, 2)
    assert shared(knowledge) == {"a.txt": HR, "b.txt": HR}
    shelf.files["docs"] = {"a.txt": "Heron\n\nIt sleeps.", "b.txt": "Stork\n\nIt flies.", "c.txt": "Crane\n\nIt sings."}
    ingest(knowledge, "docs")
    assert shared(knowledge) == {"a.txt": HR, "b.txt": HR, "c.txt": Sharing()}
    assert set(shared(knowledge.seen_by(BERT))) == {"c.txt"}
    assert knowledge.verify().sound
    with pytest.raises(BadInput, match="no label"):
        ingest(knowledge, "docs", sharing=Sharing(tlp="SECRET"))


def test_a_name_leads_nobody_to_what_they_may_not_read(shelf: Shelf, knowledge: LocalKnowledge) -> None:
    knowledge.upload(Upload("heron.txt", b"Heron\n\nIt stands.", "c", HR))
    knowledge.upload(Upload("stork.txt", b"Stork\n\nIt flies.", "c"))

    def about(access: Access) -> set[str]:
        return set(shelf.library.seen_by(access).catalog.documents.about("c", ["heron", "stork"]))

    assert about(ANNA) == {"heron", "stork"}
    assert about(BERT) == {"stork"}


@pytest.mark.slow
def test_new_documents_are_never_open_before_they_are_shared(shelf: Shelf, knowledge: LocalKnowledge) -> None:
    shelf.files["docs"] = {f"{n:03}.txt": f"Heron {n}\n\nIt stands." for n in range(150)}
    knowledge.upload(Upload("first.txt", b"Stork\n\nIt flies.", "c"))
    seen = [set(shared(knowledge.seen_by(BERT))) for _ in knowledge.ingest(IngestRequest(("docs",), "c", True, HR))]
    assert len(seen) > 3
    assert all(names == {"first.txt"} for names in seen)


def test_an_upload_belongs_to_whoever_made_the_collection(knowledge: LocalKnowledge) -> None:
    knowledge.upload(Upload("a.txt", b"Heron\n\nIt stands.", "common"))
    knowledge.seen_by(ANNA).upload(Upload("a.txt", b"Heron\n\nIt stands.", "hers"))
    readers = {info.name: info.readers for info in knowledge.collections()}
    assert readers == {"common": (EVERYONE,), "hers": ("user:anna",)}
    assert [info.name for info in knowledge.seen_by(BERT).collections()] == ["common"]
    with pytest.raises(Conflict, match="'hers' cannot be had"):
        knowledge.seen_by(BERT).upload(Upload("b.txt", b"Stork", "hers"))
    assert [info.name for info in knowledge.seen_by(ANNA).collections()] == ["common", "hers"]
    knowledge.seen_by(ANNA).share_collection("hers", ("user:bert",))
    assert [info.source for info in knowledge.seen_by(BERT).documents("hers")] == ["a.txt"]


def test_an_upload_keeps_the_sharing_of_the_file_that_it_replaces(knowledge: LocalKnowledge) -> None:
    for text, sharing in ((b"Heron\n\nIt stands.", HR), (b"Heron\n\nIt sleeps.", Sharing())):
        knowledge.seen_by(ANNA).upload(Upload("a.txt", text, "c", sharing))
        assert shared(knowledge) == {"a.txt": HR}


@pytest.mark.slow
def test_nobody_replaces_or_prunes_what_they_cannot_see(shelf: Shelf, knowledge: LocalKnowledge) -> None:
    knowledge.upload(Upload("a.txt", b"Heron\n\nIt stands.", "c", HR))
    knowledge.upload(Upload("open.txt", b"Crane\n\nIt sings.", "c"))
    bert = knowledge.seen_by(BERT)
    for text in (b"Stork\n\nIt flies.", b"Stork\n\nIt sleeps."):
        assert bert.upload(Upload("a.txt", text, "c")).documents == 1
    (own,) = (info for info in bert.documents("c") if info.title == "Stork")
    assert (own.source, bert.original(own.id).data) == ("upload: (user:bert)/a.txt", b"Stork\n\nIt sleeps.")
    assert knowledge.original(document_id("c", "a.txt")).data == b"Heron\n\nIt stands."
    assert bert.upload(Upload("open.txt", b"Crane\n\nIt dances.", "c")).documents == 1
    assert sorted(shared(knowledge)) == ["a.txt", "open.txt", "upload: (user:bert)/a.txt"]
    shelf.files["https://x.org/d"] = {
        "https://x.org/d/1": "One\n\nIt is secret.",
        "https://x.org/d/2": "Two\n\nIt is not.",
    }
    ingest(knowledge, "https://x.org/d")
    knowledge.share(document_id("c", "https://x.org/d/1"), HR)
    shelf.files["https://x.org/d"] = {}
    assert ingest(bert, "https://x.org/d").removed == 1
    assert "https://x.org/d/1" in shared(knowledge)


def test_a_file_is_given_to_who_may_read_all_of_it(shelf: Shelf, knowledge: LocalKnowledge) -> None:
    shelf.files["docs"] = {"two.txt": "one\n\nIt is for all.\n---\nsecret\n\nIt is for some."}
    ingest(knowledge, "docs")
    public, secret = (document_id("c", f"two.txt#{name}") for name in ("one", "secret"))
    assert b"for some" in knowledge.seen_by(BERT).original(public).data
    knowledge.share(secret, HR)
    assert b"for some" in knowledge.seen_by(ANNA).original(public).data
    with pytest.raises(NotFound, match="is not kept any more"):
        knowledge.seen_by(BERT).original(public)
    assert knowledge.seen_by(BERT).document(public).document.text
    knowledge.seen_by(BERT).remove(public)
    assert set(shared(knowledge)) == {"two.txt#secret"}


def test_what_could_not_be_read_is_told_to_those_it_was_for(shelf: Shelf, knowledge: LocalKnowledge) -> None:
    knowledge.upload(Upload("salaries.txt", BROKEN.encode(), "c", HR))
    knowledge.upload(Upload("menu.txt", BROKEN.encode(), "c"))
    assert len(knowledge.seen_by(ANNA).failures()) == 0, "nobody may read a collection that is not there"
    knowledge.upload(Upload("a.txt", b"Heron", "c"))
    assert [failure.path for failure in knowledge.seen_by(BERT).failures()] == ["menu.txt"]
    assert len(knowledge.seen_by(ANNA).failures("c")) == len(knowledge.failures()) == 2


def test_nobody_dismisses_what_they_may_not_know_of(knowledge: LocalKnowledge) -> None:
    knowledge.upload(Upload("a.txt", b"Heron", "c"))
    knowledge.upload(Upload("salaries.txt", BROKEN.encode(), "c", HR))
    knowledge.upload(Upload("menu.txt", BROKEN.encode(), "c"))
    said = set()
    for source in ("salaries.txt", "nothing.txt"):
        with pytest.raises(NotFound) as told:
            knowledge.seen_by(BERT).dismiss("c", source)
        said.add(told.value.message.replace(source, "it"))
    assert len(said) == 1
    knowledge.seen_by(BERT).dismiss("c", "menu.txt")
    assert [failure.path for failure in knowledge.failures()] == ["salaries.txt"]
    knowledge.seen_by(ANNA).dismiss("c", "salaries.txt")
    assert knowledge.failures() == ()


def test_the_whole_is_for_its_owner(knowledge: LocalKnowledge) -> None:
    knowledge.upload(Upload("a.txt", b"Heron\n\nIt stands.", "c", HR))
    for access in (ANNA, BERT):
        with pytest.raises(Forbidden):
            knowledge.seen_by(access).verify()
        with pytest.raises(Forbidden):
            knowledge.seen_by(access).remove_collection("c")
    nobody = knowledge.seen_by(NOBODY)
    assert (nobody.documents(), nobody.collections(), nobody.failures()) == ((), (), ())
    assert all(part.ok for part in nobody.health())
    with pytest.raises(NotFound):
        nobody.remove_collection("c")


def test_a_collection_goes_with_all_it_holds(shelf: Shelf, knowledge: LocalKnowledge) -> None:
    shelf.files["docs"] = {"a.txt": "Heron\n\nIt stands.", "broken.txt": BROKEN}
    ingest(knowledge, "docs", sharing=HR)
    knowledge.upload(Upload("b.txt", b"Stork\n\nIt flies.", "other"))
    assert knowledge.remove_collection("c") == 1
    assert ([info.name for info in knowledge.collections()], knowledge.failures()) == (["other"], ())
    assert shelf.library.index.count() == 1
    assert len(list(shelf.library.originals.glob("*/*"))) == 1
    assert knowledge.verify().sound
    with pytest.raises(NotFound):
        knowledge.remove_collection("c")
    assert ingest(knowledge, "docs").documents == 1
    assert shared(knowledge) == {"a.txt": Sharing()}
