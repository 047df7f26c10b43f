"""Who sent a mail, and whether our own mail server vouches for it.

A From field proves nothing. What does is the outcome of the checks that the server which took the mail wrote above it,
of SPF, DKIM and DMARC, in `Authentication-Results` (RFC 8601). Whoever sends can write such a field too, so only the
topmost one with our server's name counts, and everything in it has to be understood.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LONGEST_FROM, LONGEST_RESULTS, LONGEST_DOMAIN = 1000, 10_000, 253
_ATOM = r"[^\s\"<>@,;:()\[\]\\]+"
# Stricter than RFC 5322 on purpose: what two programs could read as two addresses is read as none.
_FROM = re.compile(rf'(?:(?:"(?:[^"\\]|\\.)*"|[^"<>@,;:\\])*<\s*({_ATOM}@{_ATOM})\s*>|({_ATOM}@{_ATOM}))')
_AUTHSERV = re.compile(r"\s*([^\s;\"()]+)(?:\s+\d+)?\s*(?:;|$)")
_WORD = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s"])+')


@dataclass(frozen=True, slots=True)
class Check:
    """One result, such as `dkim` `pass` with the properties `header.d` and `header.s`."""

    method: str
    result: str
    properties: Mapping[str, str]


def sender_of(values: Sequence[str]) -> str | None:
    """The one address of the From fields of a mail; None where there is none, or more than one.

    >>> sender_of(['"Lee, Ana" <ana@Example.org>']), sender_of(["ana@example.org <eve@evil.example>"])
    ('ana@example.org', None)
    """
    if len(values) != 1 or len(values[0]) > LONGEST_FROM:
        return None
    found = _FROM.fullmatch(values[0].strip())
    if found is None:
        return None
    local, _, domain = (found[1] or found[2]).rpartition("@")
    address = f"{local}@{domain.lower()}"
    # Accounts are looked up by the normal form: an address that merely looks like it must not become it.
    return address if address.isprintable() and unicodedata.is_normalized("NFKC", address) else None


def doubt_about(address: str, results: Sequence[str], authserv: str) -> str:
    """Why an address is not believed; empty when the server `authserv` vouches for it.

    `results` are the Authentication-Results fields from the top. It vouches by dmarc=pass for the address's domain or,
    where that publishes no policy, by a passed SPF or DKIM check of that very domain."""
    if not authserv:
        return "inbox.authserv names no mail server whose checks are believed"
    for value in results:
        named = _AUTHSERV.match(value)
        if named is not None and named[1].lower() == authserv.lower():
            checks = checks_in(value)
            return "its Authentication-Results cannot be understood" if checks is None else _doubt(address, checks)
    return f"it has no Authentication-Results of {authserv}"


def checks_in(value: str) -> tuple[Check, ...] | None:
    """The results in an Authentication-Results field (RFC 8601, section 2.2); None where it is malformed.

    >>> checks_in('mx.example.org; spf=pass (dmarc=pass) smtp.mailfrom="a; dmarc=pass"@b.example')
    (Check(method='spf', result='pass', properties={'smtp.mailfrom': '"a; dmarc=pass"@b.example'}),)
    """
    parts = _split(value) if len(value) <= LONGEST_RESULTS else None
    if parts is None:
        return None
    checks = []
    for part in parts[1:]:
        words = _WORD.findall(re.sub(r" ?([=.]) ?", r"\1", " ".join(part.split())))
        if not words or words == ["none"]:
            continue
        pairs = [word.partition("=") for word in words]
        if not all(key and mark and '"' not in key for key, mark, _ in pairs):
            return None
        method, _, result = pairs[0]
        properties = {key.lower(): value for key, _, value in reversed(pairs[1:])}
        checks.append(Check(method.partition("/")[0].lower(), result.lower(), properties))
    return tuple(checks)


def _doubt(address: str, checks: Sequence[Check]) -> str:
    domain = _domain(address)
    dmarc = [check for check in checks if check.method == "dmarc"]
    if any(check.result != "none" for check in dmarc):
        if all(check.result == "pass" and _of(check, "header.from") == domain for check in dmarc):
            return ""
        return "its sender failed the check of DMARC"
    for check in checks:
        if check.result != "pass":
            continue
        if check.method == "spf" and _of(check, "smtp.mailfrom") == domain:
            return ""
        if check.method == "dkim" and (_of(check, "header.d") or _of(check, "header.i")) == domain:
            return ""
    return "neither DMARC nor SPF or DKIM of its sender's domain passed"


def _of(check: Check, name: str) -> str:
    value = check.properties.get(name, "")
    if len(value) > 1 and value[0] == value[-1] == '"' and '"' not in value[1:-1]:
        value = value[1:-1]
    return _domain(value)


def _domain(address: str) -> str:
    """What an address ends with, as DNS has it; empty for what cannot be a domain."""
    domain = address.rpartition("@")[2].lower().rstrip(".")
    if len(domain) > LONGEST_DOMAIN:
        return ""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _split(value: str) -> list[str] | None:
    """A field cut at each `;` that stands in no quoted string, without its comments; None where either has no end."""
    parts: list[list[str]] = [[]]
    depth, quoted, escaped = 0, False, False
    for char in value:
        if escaped:
            escaped = False
        elif char == "\\" and (depth or quoted):
            escaped = True
        elif quoted:
            quoted = char != '"'
        elif char == "(":
            depth += 1
            continue
        elif char == ")":
            depth -= 1
            char = " "
        elif char == '"':
            quoted = not depth
        elif char == ";" and not depth:
            parts.append([])
            continue
        if depth < 0:
            return None
        if not depth:
            parts[-1].append(char)
    return None if depth or quoted else ["".join(part) for part in parts]
