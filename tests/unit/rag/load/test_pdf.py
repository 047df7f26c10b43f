from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.errors import LoadError, TooLarge
from vedette.rag.load import pdf
from vedette.rag.load.limits import Job, Limits
from vedette.rag.load.pdf_title import designation, title_of
from vedette.records import Document

NAMES = [
    "AA20-302A.pdf",
    "NIST-800-145.pdf",
    "NIST.SP.800-61r3.pdf",
    "OWASP_Application_Security_Verification_Standard_5.0.0_en.pdf",
    "StopRansomware-Guide-508c.pdf",
]


@pytest.fixture(scope="module")
def sample(library: Path) -> dict[str, Document]:
    documents = {}
    for name in NAMES:
        [documents[name]] = pdf.read(Job((library / "pdf" / name).read_bytes(), f"pdf/{name}"))
    return documents


def check_offsets(document: Document) -> None:
    """Everything lies inside the text; pages cover it in order and without gaps; no block is empty."""
    at = 0
    for number, page in enumerate(document.pages, 1):
        assert (page.number, page.start) == (number, at)
        assert page.end >= page.start
        at = page.end
    assert at == len(document.text)
    for block in document.blocks:
        assert 0 <= block.start < block.end <= len(document.text)
        assert document.text[block.start : block.end].strip()
    for line in document.boxes:
        left, bottom, right, top = line.box
        assert 0 <= line.start < line.end <= len(document.text)
        assert left <= right
        assert bottom <= top
        assert 1 <= line.page <= len(document.pages)
        page = document.pages[line.page - 1]
        assert page.start <= line.start < page.end


@pytest.mark.parametrize("name", NAMES)
def test_offsets_of_the_sample_pdfs(sample: dict[str, Document], name: str) -> None:
    check_offsets(sample[name])
    assert sample[name].media_type == "application/pdf"


PRINTABLE = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"], exclude_characters="\\"), max_size=40)


@settings(deadline=None, max_examples=60)
@given(pages=st.lists(st.lists(PRINTABLE, max_size=6).map("\n".join), min_size=1, max_size=4))
def test_offsets_of_any_text(make_pdf, pages: list[str]) -> None:
    try:
        [document] = pdf.read(Job(make_pdf(pages), "any.pdf"))
    except LoadError as error:
        assert "is a scan" in error.message  # noqa: PT017 - a page of white space alone has nothing to read
        return
    assert isinstance(document, Document)
    check_offsets(document)


@pytest.mark.parametrize(
    ("name", "page", "sentence"),
    [
        (
            "NIST-800-145.pdf",
            6,
            "Cloud computing is a model for enabling ubiquitous, convenient, on-demand network access to a",
        ),
        (
            "NIST.SP.800-61r3.pdf",
            16,
            "The incident response team may also need access to facilities during incident handling",
        ),
        (
            "AA20-302A.pdf",
            3,
            "What began as a banking trojan and descendant of Dyre malware, TrickBot now provides its operators a",
        ),
        (NAMES[3], 30, "tampering, information disclosure, and elevation of privilege attacks."),
    ],
)
def test_sentences_stand_whole_on_their_page(sample: dict[str, Document], name: str, page: int, sentence: str) -> None:
    document = sample[name]
    span = document.pages[page - 1]
    assert sentence in document.text[span.start : span.end]


def test_raised_numbers_of_footnotes_do_not_stick_to_words(sample: dict[str, Document]) -> None:
    text = sample["NIST-800-145.pdf"].text
    assert "applications running on a cloud infrastructure. The applications" in " ".join(text.split())
    assert "supported by the provider. The consumer does not" in " ".join(text.split())
    assert "SHA-256" in sample[NAMES[3]].text


def test_words_of_the_asvs_are_not_run_together(sample: dict[str, Document]) -> None:
    words = sample[NAMES[3]].text.split()
    long = [word for word in words if len(word) > 30 and word.isalpha()]
    assert len(words) > 30_000
    assert long == []


def test_running_headers_and_the_contents_list_are_gone(sample: dict[str, Document]) -> None:
    assert "Product ID: AA20-302A" not in sample["AA20-302A.pdf"].text
    assert "Cyber Risk Management\n\n5" not in sample["NIST.SP.800-61r3.pdf"].text
    assert "......" not in sample["NIST.SP.800-61r3.pdf"].text
    assert "NIST SP 800-61r3" in sample["NIST.SP.800-61r3.pdf"].text  # of the cover, not of a header


def test_bookmarks_become_headings_with_their_level(sample: dict[str, Document]) -> None:
    document = sample["NIST.SP.800-61r3.pdf"]
    headings = {document.text[b.start : b.end]: b.level for b in document.blocks if b.kind == "heading"}
    assert headings["1. Introduction"] == 1
    assert headings["2.3. Incident Response Policies, Processes, and Procedures"] == 2


def test_bullets_become_list_items_with_their_level(sample: dict[str, Document]) -> None:
    document = sample["StopRansomware-Guide-508c.pdf"]
    items = {document.text[b.start : b.end]: b.level for b in document.blocks if b.kind == "list_item"}
    assert items["Limit actions that can be taken on customer-managed keys by certain users/roles."] == 2


def test_rows_of_a_table_are_rows(sample: dict[str, Document]) -> None:
    document = sample["NIST.SP.800-61r3.pdf"]
    rows = [document.text[b.start : b.end] for b in document.blocks if b.kind == "table_row"]
    assert (
        "GV.RM-01 Risk management objectives are established and agreed to by organizational stakeholders; Low" in rows
    )


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (
            "AA20-302A.pdf",
            "Joint Cybersecurity Advisory - AA20-302A - Ransomware Activity Targeting the Healthcare and Public Health "
            "Sector",
        ),
        ("NIST-800-145.pdf", "NIST SP 800-145, The NIST Definition of Cloud Computing"),
        (
            "NIST.SP.800-61r3.pdf",
            "NIST SP 800-61r3: Incident Response Recommendations and Considerations for Cybersecurity Risk Management: "
            "A CSF 2.0 Community Profile",
        ),
        ("StopRansomware-Guide-508c.pdf", "#StopRansomware Guide"),
    ],
)
def test_titles(sample: dict[str, Document], name: str, title: str) -> None:
    assert sample[name].title == title


def test_a_designation_is_a_name_of_the_document(sample: dict[str, Document]) -> None:
    assert sample["NIST.SP.800-61r3.pdf"].names == ("NIST SP 800-61r3",)
    assert designation("see FIPS 140-2 and others") == "NIST FIPS 140-2"
    assert title_of("Microsoft Word - Draft.docx", [], "guides/Zero_Trust.pdf") == "Zero Trust"


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("an end-to-", "end approach, end to end", "an end-to-end approach"),
        ("see SP 800-", "53 for controls", "see SP 800-53 for controls"),
        ("elevation of privilege at-", "tacks happen", "elevation of privilege attacks happen"),
    ],
)
def test_a_divided_word_is_joined(make_pdf, first: str, second: str, joined: str) -> None:
    # "to" and "end" as words of their own tell that the hyphen belongs to "end-to-end".
    [document] = pdf.read(Job(make_pdf([f"to the end and to the end again.\n\n{first}\n{second}"]), "a.pdf"))
    assert isinstance(document, Document)
    assert joined in document.text


def test_a_paragraph_goes_on_over_the_page(make_pdf) -> None:
    [document] = pdf.read(Job(make_pdf(["Isolate the host from the", "network at once."]), "a.pdf"))
    assert isinstance(document, Document)
    assert document.text == "Isolate the host from the network at once."
    assert [(page.start, page.end) for page in document.pages] == [(0, 26), (26, 42)]
    check_offsets(document)


def test_too_many_pages(make_pdf) -> None:
    with pytest.raises(TooLarge, match=r"has 3 pages, over the limit of 2; .*max_pages"):
        list(pdf.read(Job(make_pdf(["a", "b", "c"]), "a.pdf", Limits(max_pages=2))))


def test_a_scan_is_named_as_such(make_pdf) -> None:
    with pytest.raises(LoadError, match=r"is a scan .*vedette\[ocr\]"):
        list(pdf.read(Job(make_pdf([""]), "scan.pdf")))


def recognise(picture: bytes, languages: str) -> str:
    assert languages == "spa"
    head, pixels = picture.split(b"\n", 1)
    kind, width, height, _ = head.split()
    assert (kind, len(pixels)) == (b"P5", int(width) * int(height))
    return "Recognised text\nof a page.\n\nSecond paragraph."


def test_a_scan_goes_to_the_recogniser_that_the_limits_name(make_pdf, monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("recogniser_of_this_test")
    module.recognise = recognise  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    limits = Limits(ocr=f"{module.__name__}:recognise", ocr_languages="spa")
    [document] = pdf.read(Job(make_pdf(["", ""]), "scan.pdf", limits))
    assert isinstance(document, Document)
    assert document.text.startswith("Recognised text of a page.\n\nSecond paragraph.\n\nRecognised")
    assert document.metadata["ocr"] is True
    check_offsets(document)
