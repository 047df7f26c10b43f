"""Whom a mail is from, and who vouches for it: headers as servers write them, and as forgers do."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vedette.questions.mail.sender import checks_in, doubt_about, sender_of

ANA = "ana@example.org"


@pytest.mark.parametrize(
    "value",
    [
        "ana@example.org",
        " <ana@example.org> ",
        "Ana <ana@EXAMPLE.org>",
        '"Lee, Ana (Sales) <x>" <ana@example.org>',
        '"Ana \\"the boss\\" Lee" <ana@example.org>',
        "=?utf-8?q?Ana_Pe=C3=B1a=2C_x=40y=2Eorg?= <ana@example.org>",
        "Ana Peña (curso 3) < ana@example.org >",
        '"ana@example.org" <ana@example.org>',
    ],
)
def test_one_sender(value: str) -> None:
    assert sender_of([value]) == ANA


@pytest.mark.parametrize(
    "values",
    [
        [],
        [ANA, ANA],
        [""],
        ["undisclosed"],
        ["ana@example.org, eve@evil.example"],
        ["ana@example.org <eve@evil.example>"],
        ["Ana <ana@example.org> <eve@evil.example>"],
        ["<ana@example.org>, <eve@evil.example>"],
        ["Ana <ana@example.org>)eve@evil.example("],
        ["ana@example.org)eve@evil.example"],
        ["friends: ana@example.org;"],
        ["ana@example.org@evil.example"],
        ["Ana <ana @example.org>"],
        ['"ana@example.org <eve@evil.example>'],
        ["=?utf-8?q?ana=40example=2Eorg?="],
        ["Ana <@evil.example:ana@example.org>"],
        ["ａna@example.org"],  # a letter that looks like another one once addresses are normalised
        ["ana@ex\u00adample.org"],
        ["a" * 2000 + "@example.org"],
    ],
)
def test_no_sender_where_two_programs_could_read_two(values: list[str]) -> None:
    assert sender_of(values) is None


GMAIL = (
    "mx.google.com; dkim=pass header.i=@example.org header.s=2023 header.b=ab/cd+; spf=pass (google.com: domain of "
    "ana@example.org designates 192.0.2.1 as permitted sender) smtp.mailfrom=ana@example.org; dmarc=pass (p=NONE sp=Q "
    "dis=NONE) header.from=example.org; dara=pass header.i=@gmail.com"
)


@pytest.mark.parametrize(
    "value",
    [
        GMAIL,
        "MX.Google.com 1; dmarc=pass header.from=example.org",
        "mx.google.com; dmarc = pass (a (nested; dmarc=fail) one) header . from = example.org",
        'mx.google.com; dmarc/1=pass reason="all; well" header.from="example.org"',
        "mx.google.com; dmarc=pass action=none header.from=EXAMPLE.org.",
        # Without a policy: a passed check of the very domain.
        "mx.google.com; dmarc=none header.from=example.org; spf=pass smtp.mailfrom=ana@example.org",
        "mx.google.com; spf=fail smtp.mailfrom=b@bulk.example; dkim=pass header.d=example.org header.s=a",
        "mx.google.com; dkim=fail header.d=other.example; dkim=pass header.i=ana@example.org",
        "mx.google.com; spf=pass smtp.mailfrom=example.org",
    ],
)
def test_who_is_vouched_for(value: str) -> None:
    assert doubt_about(ANA, [value], "mx.google.com") == ""


@pytest.mark.parametrize(
    "value",
    [
        "mx.google.com; none",
        "mx.google.com",
        "mx.google.com; dmarc=fail header.from=example.org; spf=pass smtp.mailfrom=ana@example.org",
        "mx.google.com; dmarc=temperror header.from=example.org; dkim=pass header.d=example.org",
        "mx.google.com; dmarc=pass header.from=example.org; dmarc=fail header.from=example.org",
        "mx.google.com; dmarc=pass header.from=evil.example",
        "mx.google.com; dmarc=pass",
        "mx.google.com; dmarc=pass (header.from=example.org)",
        "mx.google.com; dmarc=bestguesspass header.from=example.org",
        "mx.google.com; spf=pass smtp.mailfrom=eve@evil.example; dkim=pass header.d=evil.example",
        "mx.google.com; spf=pass smtp.helo=example.org",
        "mx.google.com; spf=pass smtp.mailfrom=ana@sub.example.org; dkim=pass header.d=ple.org",
        'mx.google.com; spf=pass smtp.mailfrom="ana@example.org"@evil.example',
        'mx.google.com; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.org; "@evil.example',
        "mx.google.com; spf=softfail (dmarc=pass header.from=example.org; spf=pass smtp.mailfrom=example.org) x.y=z",
        "mx.google.com; arc=pass header.from=example.org header.d=example.org smtp.mailfrom=example.org",
        # What is malformed is not half believed.
        'mx.google.com; dmarc=pass header.from=example.org reason="no end',
        "mx.google.com; dmarc=pass header.from=example.org (no end",
        "mx.google.com; dmarc=pass header.from=example.org) stray",
        "mx.google.com; dmarc pass; spf=pass smtp.mailfrom=example.org",
        "mx.google.com; " + "x=y; " * 10_000 + "dmarc=pass header.from=example.org",
    ],
)
def test_who_is_not_vouched_for(value: str) -> None:
    assert doubt_about(ANA, [value], "mx.google.com") != ""


PASS = "dmarc=pass header.from=example.org"


@pytest.mark.parametrize(
    ("results", "believed"),
    [
        ([f"mx.school.example; {PASS}"], True),
        (["filter.school.example; spam=no x.y=z", f"mx.school.example; {PASS}"], True),
        ([f"mx.evil.example; {PASS}"], False),
        ([f"mx.school.example.evil.example; {PASS}"], False),
        ([f'"mx.school.example"; {PASS}'], False),
        ([f"(ours) mx.school.example; {PASS}"], False),
        ([PASS], False),
        ([], False),
        # Ours stands above; what the sender wrote below counts for nothing.
        (["mx.school.example; dmarc=fail header.from=example.org", f"mx.school.example; {PASS}"], False),
        (["mx.school.example; none", f"mx.school.example; {PASS}"], False),
        # Not even where what the sender sent makes ours unreadable.
        (['mx.school.example; spf=none smtp.mailfrom="(@evil.example', f"mx.school.example; {PASS}"], False),
    ],
)
def test_only_the_topmost_results_of_our_own_server_count(results: list[str], believed: bool) -> None:
    assert (doubt_about(ANA, results, "mx.school.example") == "") is believed


def test_without_a_server_to_believe_nobody_is_believed() -> None:
    assert "inbox.authserv" in doubt_about(ANA, [GMAIL, f"; {PASS}", PASS], "")


def test_a_domain_beyond_ascii_is_the_same_in_both_forms() -> None:
    for one in ("bücher.example", "xn--bcher-kva.example"):
        for other in ("bücher.example", "xn--bcher-kva.example"):
            assert doubt_about(f"ana@{one}", [f"mx; dmarc=pass header.from={other}"], "mx") == ""


HOSTILE = st.text(alphabet=' \t;()"\\=.@mxdarcpass/', max_size=300)


@given(HOSTILE)
@example('mx; dmarc=pass header.from="\\')
def test_no_field_breaks_the_parser(value: str) -> None:
    checks_in(value)
    sender_of([value])
    doubt_about(ANA, [value, f"mx;{value}"], "mx")


@given(st.text(max_size=60))
def test_nothing_in_a_quoted_string_or_a_comment_vouches(inside: str) -> None:
    """What a sender chooses, as a server that writes correctly hands it on."""
    quoted = inside.replace("\\", "\\\\").replace('"', '\\"')
    comment = inside.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    value = f'mx; spf=pass ({comment}) smtp.mailfrom="{quoted}"@evil.example; dkim=none ({comment})'
    assert doubt_about(ANA, [value], "mx") != ""


@pytest.mark.parametrize("piece", ["(", ")", '"', "\\", ";", "=", " = ", "a=b ", "a.b=c;", "( ", '"a', ". "])
def test_long_fields_take_little_time(piece: str) -> None:
    began = time.process_time()
    checks_in("mx; " + piece * (10_000 // len(piece)))
    sender_of([piece * (1000 // len(piece)) + "<a@b.example"])
    assert time.process_time() - began < 1
