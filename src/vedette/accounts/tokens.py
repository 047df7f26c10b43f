"""Tokens: signed ones that say who somebody is (JWT, RFC 7519), and opaque ones of which only a digest is kept."""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt

from vedette.errors import SettingsError, StorageError, Unauthorized

ISSUER = AUDIENCE = "vedette"
ACCESS = "access"
ALGORITHM = "HS256"
CLAIMS = ("iss", "aud", "exp", "nbf", "jti", "typ", "sub", "sid")
LONGEST = 2_048
SECRET_BYTES = 32
KEY, REFRESH, RESET = "vk_", "vr_", "vp_"

Entropy = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose token it is, and of which session."""

    person: str
    session: str


class Signer:
    """Signs and reads access tokens with one secret."""

    def __init__(self, secret: bytes, entropy: Entropy) -> None:
        if len(secret) < SECRET_BYTES:
            raise SettingsError(
                f"accounts.secret_key has {len(secret)} bytes; give {SECRET_BYTES} or more, such as what "
                "`openssl rand -base64 48` prints."
            )
        self._secret = secret
        self._entropy = entropy

    def sign(self, claims: Claims, now: datetime, seconds: int) -> str:
        """An access token that holds for so many seconds."""
        at = int(now.timestamp())
        payload = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "nbf": at,
            "exp": at + seconds,
            "jti": self._entropy(16).hex(),
            "typ": ACCESS,
            "sub": claims.person,
            "sid": claims.session,
        }
        return jwt.encode(payload, self._secret, algorithm=ALGORITHM)

    def read(self, token: str, now: datetime | None) -> Claims:
        """What a token says. Raises Unauthorized unless we signed it, as an access token, and it holds now.

        With None for `now` it may have run out: for who was let in by it before."""
        if len(token) > LONGEST:
            raise Unauthorized
        # Times are compared here, with the clock of the caller; the library would take the system's.
        options: Any = dict.fromkeys(("verify_exp", "verify_nbf", "verify_iat"), False)
        options |= {"require": list(CLAIMS), "strict_aud": True}
        try:
            found = jwt.decode(
                token, self._secret, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=options
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Unauthorized from error
        texts = [found[name] for name in ("typ", "sub", "sid", "jti")]
        times = [found["nbf"], found["exp"]]
        if not all(type(text) is str and text for text in texts) or not all(type(time) is int for time in times):
            raise Unauthorized
        if found["typ"] != ACCESS:
            raise Unauthorized
        if now is not None and not found["nbf"] <= now.timestamp() < found["exp"]:
            raise Unauthorized
        return Claims(found["sub"], found["sid"])


def opaque(kind: str, entropy: Entropy) -> str:
    """A new token of 256 bits that begins with `kind`."""
    return kind + urlsafe_b64encode(entropy(32)).decode().rstrip("=")


def digest(token: str) -> str:
    """What is kept of an opaque token: it is random, so a plain hash suffices."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def secret_of(path: Path, entropy: Entropy) -> bytes:
    """The secret in a file that only its owner may read; made at the first call. Raises StorageError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            draft = path.with_suffix(f".{os.getpid()}.tmp")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(entropy(48).hex())
            try:
                os.link(draft, path)  # whoever comes second keeps what the first has made
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_bytes().strip()
    except OSError as error:
        raise StorageError(f"The secret key {path} cannot be used: {error.strerror}; check its rights.") from error
