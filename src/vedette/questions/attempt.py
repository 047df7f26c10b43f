"""One try to answer a question, or to mail an answer: what comes of it, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vedette.errors import (
    BadInput,
    Forbidden,
    MailRefused,
    NotFound,
    ProviderError,
    ProviderTimeout,
    Unauthorized,
    Unreachable,
    VedetteError,
)
from vedette.questions.contract import Claim, Ended, Held, Mailed
from vedette.records import Answer, DeadReason, Letter, QueuedQuestion

log = logging.getLogger(__name__)
BROKEN = "Something went wrong in Vedette; its log tells what."
LOST = "The worker that had it stopped before the answer was complete."
UNSENDABLE = "There is no account any more whose address it could be mailed to."


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a worker is. A claim beats every `beat_s`; it is lost when others saw it still in `looks` looks, as
    far apart. An answer is tried `tries` times, each of which may take a language model `patience_s`; until the last,
    and for `insist_s` after it was asked, it is a model's answer or none. A letter is tried `mail_tries` times. Pauses
    between tries double from the first to the longest. Who stops gets `grace_s` to end what is under way."""

    poll_s: float = 1.0
    beat_s: float = 5.0
    looks: int = 6
    tries: int = 5
    pause_s: float = 10.0
    longest_pause_s: float = 900.0
    insist_s: float = 6 * 3600.0
    patience_s: float = 1800.0
    mail_tries: int = 40
    mail_pause_s: float = 60.0
    mail_longest_pause_s: float = 7200.0
    grace_s: float = 3.0


@dataclass(frozen=True, slots=True)
class World:
    """UTC, and a random number of [0, 1)."""

    now: Callable[[], datetime]
    random: Callable[[], float]

    def stamp(self, in_s: float = 0.0) -> str:
        """The time in so many seconds, ISO 8601."""
        return (self.now() + timedelta(seconds=in_s)).astimezone(UTC).isoformat(timespec="microseconds")


Answering = Callable[[QueuedQuestion, bool], Answer | None]
"""Answers a question, insisting on a language model or not; None when it was given up on the way."""
Writing = Callable[[QueuedQuestion], Letter | None]
"""The letter of an ended question; None where its person has no address any more."""


def answered(claim: Claim, answer: Answering, pace: Pace, world: World) -> Ended | None:
    """Try to answer. None when it was given up on the way."""
    question = claim.question
    insists = _insists(question, pace, world)
    try:
        made = answer(question, insists)
    except ProviderTimeout as error:
        # Counted: a question that no model ends must not take the place of others for hours.
        return _tried(question, "timeout", error.message, pace, world)
    except (ProviderError, Unreachable, Unauthorized) as error:
        # A server that was started again does not know our token any more; the next try has the new one.
        retried = _waits if insists else _tried
        return retried(question, "provider_down", error.message, pace, world)
    except NotFound as error:
        return _dead(question, "not_found", error.message, world)
    except Forbidden as error:
        return _dead(question, "not_allowed", error.message, world)
    except BadInput as error:
        return _dead(question, "broken", error.message, world)
    except VedetteError as error:
        return _tried(question, "broken", error.message, pace, world)
    except Exception:  # the worker must go on with the others; the log says what it was
        log.exception("a question could not be answered", extra={"question": question.id})
        return _tried(question, "broken", BROKEN, pace, world)
    if made is None:
        return None
    return Ended("answered", world.stamp(), made, mail=question.submission.by_mail)


def mailed(claim: Claim, write: Writing, send: Callable[[Letter], None], pace: Pace, world: World) -> Mailed:
    """Try to send."""
    question = claim.question
    try:
        letter = write(question)
        if letter is None:
            return Mailed("refused", world.stamp(), UNSENDABLE)
        send(letter)
    except ProviderError as error:
        # Its owner and admins read what the server said; the log, where the server is.
        log.warning("a letter was not taken", extra={"question": question.id, "error": error.message})
        if isinstance(error, MailRefused):
            return Mailed("refused", world.stamp(), error.brief)
        return _mail_again(question, error.brief, pace, world)
    except VedetteError as error:
        return _mail_again(question, error.message, pace, world)
    except Exception:  # as above
        log.exception("a letter could not be sent", extra={"question": question.id})
        return _mail_again(question, BROKEN, pace, world)
    return Mailed("sent", world.stamp())


def lost(held: Held, question: QueuedQuestion, pace: Pace, world: World) -> Ended:
    """What becomes of a question whose holder is lost. One that takes every worker down is given up in the end."""
    if held.work == "answer" and held.tries >= pace.tries:
        return _dead(question, "worker_lost", LOST, world)
    return Ended("again", world.stamp(), reason="worker_lost", error=LOST, due=world.stamp())


def pause(tries: int, first_s: float, longest_s: float, random: float) -> float:
    """Seconds before the next try, half of them by chance ("Exponential Backoff And Jitter", AWS Architecture Blog).

    >>> [pause(tries, 10, 900, 1.0) for tries in (1, 2, 3, 20)]
    [10.0, 20.0, 40.0, 900.0]
    """
    return float(min(longest_s, first_s * 2 ** min(tries - 1, 30)) * (0.5 + random / 2))


def _insists(question: QueuedQuestion, pace: Pace, world: World) -> bool:
    """Whether it is a model's answer or none: not in the last try, and not for long."""
    return question.tries < pace.tries and question.asked > world.stamp(-pace.insist_s)


def _tried(question: QueuedQuestion, reason: DeadReason, error: str, pace: Pace, world: World) -> Ended:
    if question.tries >= pace.tries:
        return _dead(question, reason, error, world)
    return _again(question, reason, error, pace, world)


def _waits(question: QueuedQuestion, reason: DeadReason, error: str, pace: Pace, world: World) -> Ended:
    """That a model was away counts for nothing, for models come back; who has waited for long waits a tenth as long."""
    age_s = (world.now() - datetime.fromisoformat(question.asked)).total_seconds()
    wait = pause(1, max(pace.pause_s, age_s / 10), pace.longest_pause_s, world.random())
    return Ended("again", world.stamp(), reason=reason, error=error, due=world.stamp(wait), counts=False)


def _again(question: QueuedQuestion, reason: DeadReason, error: str, pace: Pace, world: World) -> Ended:
    wait = pause(question.tries, pace.pause_s, pace.longest_pause_s, world.random())
    return Ended("again", world.stamp(), reason=reason, error=error, due=world.stamp(wait))


def _dead(question: QueuedQuestion, reason: DeadReason, error: str, world: World) -> Ended:
    return Ended("dead", world.stamp(), reason=reason, error=error, mail=question.submission.by_mail)


def _mail_again(question: QueuedQuestion, error: str, pace: Pace, world: World) -> Mailed:
    if question.mail_tries >= pace.mail_tries:
        return Mailed("refused", world.stamp(), f"It was tried {question.mail_tries} times. {error}")
    wait = pause(question.mail_tries, pace.mail_pause_s, pace.mail_longest_pause_s, world.random())
    return Mailed("waiting", world.stamp(), error, due=world.stamp(wait))
