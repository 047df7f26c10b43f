"""What a store of questions promises of the letters that bring the answers, over every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes.knowledge import ANSWER
from fakes.queue import ANA, ask, dead, letter, mailed, moment, standing, taken
from vedette.questions.contract import Held, Mailed, QuestionStore, Stale

SENT = Mailed("sent", moment(20))


def test_the_letter_waits_from_the_moment_of_the_answer(store: QuestionStore) -> None:
    asked = mailed(store)
    assert standing(store, asked.id) == ("answered", 1, "waiting")
    claim = letter(store)
    assert (claim.work, claim.question.mail, claim.question.mail_tries) == ("mail", "sending", 1)
    assert claim.question.answer == ANSWER
    assert store.held() == (Held(asked.id, "mail", claim.fence, 0, 1),)
    assert store.claim_mail("m2", moment(100)) is None
    store.mailed(claim, SENT)
    found = store.get(asked.id)
    assert (found.mail, found.sent, found.mail_error, found.state) == ("sent", moment(20), "", "answered")
    assert store.claim_mail("m2", moment(100)) is None


def test_letters_go_when_they_are_due(store: QuestionStore) -> None:
    for second in range(3):
        mailed(store, second=second)
    late, soon, new = letter(store), letter(store), letter(store)
    store.mailed(late, Mailed("waiting", moment(20), "4.2.1 Later.", moment(300)))
    store.mailed(soon, Mailed("waiting", moment(20), "4.2.1 Later.", moment(200)))
    store.mailed(new, SENT)
    assert store.get(soon.question.id).mail_error == "4.2.1 Later."
    assert store.claim_mail("m1", moment(199.9)) is None
    assert [letter(store, 300).question.id for _ in range(2)] == [soon.question.id, late.question.id]
    assert store.get(late.question.id).mail_tries == 2


def test_a_refused_letter_is_sent_again_when_somebody_wants_it(store: QuestionStore) -> None:
    asked = mailed(store)
    store.mailed(letter(store), Mailed("refused", moment(20), "5.1.1 No such user."))
    found = store.get(asked.id)
    assert (found.mail, found.mail_error, found.sent) == ("refused", "5.1.1 No such user.", "")
    assert store.claim_mail("m1", moment(100)) is None
    assert not store.bounced(asked.id, "gone")
    assert store.retry(asked.id, ANA)
    assert standing(store, asked.id) == ("answered", 1, "waiting"), "the answer is not made again"
    claim = letter(store, 0)
    assert claim.question.mail_tries == 1
    store.mailed(claim, SENT)
    assert not store.retry(asked.id)


def test_a_letter_that_was_sent_comes_back(store: QuestionStore) -> None:
    asked = mailed(store)
    assert not store.bounced(asked.id, "gone"), "it was not sent yet"
    claim = letter(store)
    assert not store.bounced(asked.id, "gone")
    store.mailed(claim, SENT)
    assert store.list(state="mail_failed") == ()
    assert store.bounced(asked.id, "5.2.2 Mailbox full.")
    assert [one.id for one in store.list(state="mail_failed")] == [asked.id]
    assert not store.bounced(asked.id, "once is enough")
    found = store.get(asked.id)
    assert (found.mail, found.mail_error, found.sent) == ("bounced", "5.2.2 Mailbox full.", moment(20))
    assert store.retry(asked.id)
    assert letter(store).question.id == asked.id


def test_whatever_went_wrong_is_told(store: QuestionStore) -> None:
    """Also where a server said it in bytes that are no text."""
    said, kept = "5.1.1\0 ¿Qué? \udcff 🦉", "5.1.1  ¿Qué? ? 🦉"
    asked = ask(store)
    store.finish(taken(store), replace(dead(mail=True), error=said))
    store.mailed(letter(store), Mailed("refused", moment(20), said))
    assert (store.get(asked.id).error, store.get(asked.id).mail_error) == (kept, kept)
    other = mailed(store)
    store.mailed(letter(store), SENT)
    assert store.bounced(other.id, said)
    assert store.get(other.id).mail_error == kept


def test_a_lost_sender(store: QuestionStore) -> None:
    asked = mailed(store)
    lost = letter(store)
    seen = store.held()[0]
    assert store.beat(lost)
    assert not store.release(seen, dead())
    assert store.release(store.held()[0], dead()), "whatever is given, a letter waits again"
    assert standing(store, asked.id) == ("answered", 1, "waiting")
    with pytest.raises(Stale):
        store.mailed(lost, SENT)
    found = letter(store, 0)
    assert (found.question.mail_tries, found.question.answer) == (2, ANSWER)
    assert not store.beat(lost)
    with pytest.raises(Stale):
        store.mailed(lost, SENT)
    store.mailed(found, SENT)
    with pytest.raises(Stale):
        store.mailed(found, Mailed("waiting", moment(30)))


def test_a_letter_of_a_try_that_is_over(store: QuestionStore) -> None:
    asked = ask(store)
    store.finish(taken(store), dead(mail=True))
    lost = letter(store)
    assert store.retry(asked.id)
    with pytest.raises(Stale):
        store.mailed(lost, SENT)
    assert standing(store, asked.id) == ("waiting", 0, "")
