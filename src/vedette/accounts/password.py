"""Passwords: what is strong enough, and Argon2id hashes (RFC 9106, OWASP's parameters) of them.

Length and a blocklist, no rules of composition (NIST SP 800-63B, ASVS 5.0 V6.2).
"""

from __future__ import annotations

import gzip
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from vedette.errors import BadInput, StorageError

SHORTEST, LONGEST = 12, 256
AT_ONCE = 4
LEAST_UNIT, LEAST_WORD = 8, 4
ROWS = ("1234567890" * 26, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
OWN_WORDS = ("vedette", "password", "passwort", "contraseña", "contrasena", "motdepasse")


class Passwords:
    """Hashes and checks passwords, at most `AT_ONCE` at a time: each takes `memory_mib` of memory."""

    def __init__(self, memory_mib: int = 19, rounds: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_mib * 1024, parallelism=1, type=Type.ID)
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._dummy = self.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The encoded hash, at most 255 characters."""
        with self._turn:
            return self._hasher.hash(_bytes(password))

    def matches(self, encoded: str | None, password: str) -> bool:
        """Whether it is the password of a hash; for None, who has no account, False in the same time."""
        known = encoded if len(password) <= LONGEST else None
        with self._turn:
            try:
                self._hasher.verify(self._dummy if known is None else known, _bytes(password[:LONGEST]))
            except VerifyMismatchError:
                return False
            except (VerificationError, InvalidHashError) as error:
                raise StorageError("A stored password hash is damaged; restore a backup of the database.") from error
        return known is not None

    def outdated(self, encoded: str) -> bool:
        """Whether a hash was made with other parameters than these."""
        return self._hasher.check_needs_rehash(encoded)


def require_strong(password: str, words: Iterable[str] = ()) -> None:
    """Raises BadInput, with the reason, for a password that is too short, too long, common, or one of `words`.

    A common password stays one with digits and signs around it, and when it is repeated; so does a row of keys.
    """
    if len(password) < SHORTEST:
        raise BadInput(f"The password has {len(password)} characters; use {SHORTEST} or more, such as a few words.")
    if len(password) > LONGEST:
        raise BadInput(f"The password has {len(password)} characters; use {LONGEST} at most.")
    own = {word.casefold() for word in (*OWN_WORDS, *words) if len(word) >= LEAST_WORD}
    normal = _normal(password).casefold()
    if len(_unit(normal)) < LEAST_UNIT or any(_easy(core, own) for core in _cores(normal)):
        raise BadInput("The password is easy to guess; use several words that belong to no name and no list.")


def _easy(core: str, own: set[str]) -> bool:
    in_a_row = any(core in row or core in row[::-1] for row in ROWS)
    return in_a_row or core in own or core in common()


@cache
def common() -> frozenset[str]:
    """The 10,000 most common passwords, from the list of zxcvbn (MIT licence, Dropbox, Inc.)."""
    packed = (files("vedette.accounts") / "common-passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").splitlines())


def _cores(password: str) -> set[str]:
    """The password, what is left of it (a word of four letters or more) without digits and signs at its ends, and the
    unit of each when it is repeated."""
    bare = password.strip("".join(sign for sign in set(password) if not sign.isalpha()))
    texts = {password, bare} if len(bare) >= LEAST_WORD else {password}
    return texts | {_unit(text) for text in texts}


def _unit(text: str) -> str:
    """What a text repeats; the text when it repeats nothing.

    >>> _unit("abcabc"), _unit("abcab")
    ('abc', 'abcab')
    """
    return text[: (text + text).find(text, 1)]


def _normal(password: str) -> str:
    # The same keys on another system may give another composition of an accented letter (NIST SP 800-63B).
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")
