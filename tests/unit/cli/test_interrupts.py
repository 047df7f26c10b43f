"""Ctrl-C that something swallowed is raised again."""

from __future__ import annotations

import signal
from contextlib import suppress

import pytest

from vedette.cli.interrupts import insisting


def test_what_was_swallowed_is_raised_at_the_next_look() -> None:
    with insisting() as insist:
        insist()
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            insist()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_handler_stays() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with insisting() as insist:
            signal.raise_signal(signal.SIGINT)
            insist()
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
