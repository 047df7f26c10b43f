"""Personal data out of texts: what has a form is found by its form and its check digits, the rest by the accounts.

Each is replaced by what it was: `[EMAIL]`, `[PHONE]`, `[IBAN]`, `[CARD]`, `[ID]`, `[URL]`, `[IP]`, `[NAME]`. Texts of
security are full of numbers that look like somebody's, so nothing goes by its length alone: payment cards by issuer and
Luhn's digit (ISO/IEC 7812-1), bank accounts by ISO 13616, identity numbers by their check letter or key, phone numbers
by the numbering plans of `phonenumbers`, and none that is part of something longer: a CVE, a version, a hash.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from ipaddress import ip_address

from phonenumbers import PhoneNumberMatcher

KINDS = ("EMAIL", "PHONE", "IBAN", "CARD", "ID", "URL", "IP", "NAME")
Span = tuple[int, int, str]
Finder = Callable[[str], Iterator[Span]]

# Where a national number is from: Spain, France, the United States, the United Kingdom.
REGIONS = ("ES", "FR", "US", "GB")
_PLACEHOLDER = re.compile(rf"(\[(?:{'|'.join(KINDS)})\])")
_AT, _DOT = r"[(\[{]\s*(?:at|arroba|arobase)\s*[)\]}]", r"(?:\.|\s*[(\[{]\s*(?:dot|punto|point)\s*[)\]}]\s*)"
_EMAIL = re.compile(
    rf"(?i)(?<![\w.+%-])\w[\w.+%&'-]{{0,63}}(?:@|\s{{0,3}}{_AT}\s{{0,3}})(?:[\w-]{{1,63}}{_DOT}){{1,8}}\w{{2,24}}"
)
_URL = re.compile(r"(?i)(?<![\w.+-])[a-z][a-z0-9+.-]{1,30}://[^\s<>\"'`]{1,4000}")
_USER = re.compile(r"[^/]*//[^/?#]*@")
_SECRET = re.compile(
    r"(?i)[?&#;][\w.-]*(?:token|key|secret|sig|signature|password|passwd|pwd|auth|code|session|jwt|sid)=[^&#;]{6,}"
)
# Letters of an account number by country, ISO 13616: those of SEPA, whose mails this is for.
_IBAN_LENGTHS = (
    "AD24 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22 IS26 IT27 LI21 "
    "LT20 LU20 LV21 MC27 MT31 NL18 NO15 PL28 PT25 RO24 SE24 SI19 SK24 SM27 VA22"
)
_IBAN = re.compile(
    r"(?i)(?<![^\W_])(?:"
    + "|".join(rf"{one[:2]}\d\d(?:[ -]?[A-Z0-9]){{{int(one[2:]) - 4}}}" for one in _IBAN_LENGTHS.split())
    + r")(?![^\W_])"
)
_CARD = re.compile(r"(?<![\w.+-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5})(?![\w-])")
_ISSUER = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|(?:6011|65\d\d|64[4-9]\d|62\d\d|35(?:2[89]|[3-8]\d))\d{12,15}"
)
_DNI = re.compile(r"(?i)(?<![\w-])(?:[XYZ][ -]?\d{7}|\d{8}|\d{1,2}\.\d{3}\.\d{3})[ -]?[A-Z](?![\w-])")
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_SSN = re.compile(r"(?<![\w.-])(?!000|666|9)\d{3}([ -])(?!00)\d\d\1(?!0000)\d{4}(?![\w-])")
_NIR = re.compile(r"(?i)(?<![\w.-])[1-478] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d(?![\w-])")
_IP = re.compile(r"(?i)(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]{2,39}(?:\.\d{1,3}){0,3})(?![\w:]|\.\d)")
# Where a number goes on, it is part of something longer: a CVE, a version, an address of a network, a hash.
_FOUR = re.compile(r"(?![6-9]\d\d(?:\.\d\d){3}$)\d+(?:\.\d+){3}")
_JOINED_BEFORE = re.compile(r"(?:[\w/=#@]|[^\W_][.-]|\d[:,])$")
_JOINED_AFTER = re.compile(r"\w|[.:,/-]\d|-\w")
# Digits in a row are a phone number as a mobile's, with 00 before them, or after such a word.
_MOBILE = re.compile(r"[67]\d{8}|0[67]\d{8,9}|00\d{9,15}")
_CALLING = re.compile(
    r"(?i)\b(?:tel|tél|tfno|tlf|phone|call|cell|mobile|móvil|movil|teléfono|telefono|llam\w*|appel\w*|portable|whatsapp|"
    r"sms|ring|fax|fixe)\b"
)
_CALLING_CHARS = 30
# Words of names that are no name.
_PARTICLES = frozenset(("das", "del", "den", "der", "des", "dos", "las", "los", "van", "von"))
_SHORTEST_NAME, _SHORTEST_ACCOUNT = 3, 5


def redactor(names: Iterable[str] = (), addresses: Iterable[str] = (), networks: bool = False) -> Callable[[str], str]:
    """What takes personal data out of a text, that of these accounts above all; doing so twice changes nothing more.

    `networks`: addresses of networks, too, which a text of security is often about. Of a name of several words each of
    three letters or more goes where it is capitalised; names of others cannot be told from words and stay.

    >>> redactor(["Ana Gómez"])("ana gomez, 612 34 56 78, asked about CVE-2021-44228")
    '[NAME], [PHONE], asked about CVE-2021-44228'
    """
    known = [one for one in addresses if one.strip()]
    finders: list[Finder] = [_urls, *_literal(known, "EMAIL"), _emails, _ibans, _identities, _cards, _phones]
    if networks:
        finders.append(_networks)
    finders += _literal((_account(one) for one in known), "NAME")
    finders += _people(names)

    def redacted(text: str) -> str:
        text, before = unicodedata.normalize("NFC", text), ""
        # What stands beside a placeholder may be found only now; each round leaves less to find.
        while text != before:
            before = text
            for find in finders:
                pieces = _PLACEHOLDER.split(text)
                pieces[::2] = [_replaced(piece, find(piece)) for piece in pieces[::2]]
                text = "".join(pieces)
        return text

    return redacted


def placeholders(text: str) -> list[str]:
    """The kinds of what was taken out of a text, in order.

    >>> placeholders("[NAME] asked [EMAIL]")
    ['NAME', 'EMAIL']
    """
    return [found[1:-1] for found in _PLACEHOLDER.findall(text)]


def _replaced(text: str, spans: Iterable[Span]) -> str:
    """The text with the spans replaced; of those that overlap the first, the longest of these."""
    parts, end = [], 0
    for start, stop, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= end:
            parts += [text[end:start], f"[{kind}]"]
            end = stop
    return "".join([*parts, text[end:]])


def _urls(text: str) -> Iterator[Span]:
    for found in _URL.finditer(text):
        url = found[0].rstrip(".,;:!?)]}")
        if _USER.match(url) or _SECRET.search(url):
            yield found.start(), found.start() + len(url), "URL"


def _emails(text: str) -> Iterator[Span]:
    return ((*found.span(), "EMAIL") for found in _EMAIL.finditer(text))


def _ibans(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        number = re.sub(r"[ -]", "", found[0])
        if int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 == 1:
            yield *found.span(), "IBAN"


def _identities(text: str) -> Iterator[Span]:
    for found in _DNI.finditer(text):
        number = re.sub(r"[ .-]", "", found[0]).upper()
        digits = number[:-1].translate(str.maketrans("XYZ", "012"))
        if _DNI_LETTERS[int(digits) % 23] == number[-1]:
            yield *found.span(), "ID"
    for found in _NIR.finditer(text):
        number = found[0].replace(" ", "").upper().replace("2A", "19").replace("2B", "18")
        if 97 - int(number[:13]) % 97 == int(number[13:]):
            yield *found.span(), "ID"
    for found in _SSN.finditer(text):
        yield *found.span(), "ID"


def _cards(text: str) -> Iterator[Span]:
    for found in _CARD.finditer(text):
        number = re.sub(r"[ -]", "", found[0])
        if _ISSUER.fullmatch(number) and _luhn(number):
            yield *found.span(), "CARD"


def _luhn(number: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(doubled)) % 10 == 0


def _phones(text: str) -> Iterator[Span]:
    for region in REGIONS:
        for found in PhoneNumberMatcher(text, region):
            start, end = found.start, found.end
            if ")" in found.raw_string and "(" not in found.raw_string and text[start - 1 : start] == "(":
                start -= 1
            if not _belongs(text, start, end) and _is_dialled(text[start:end], text[:start]):
                yield start, end, "PHONE"


def _belongs(text: str, start: int, end: int) -> bool:
    """Whether a number is part of something longer."""
    return bool(_JOINED_BEFORE.search(text, max(0, start - 2), start) or _JOINED_AFTER.match(text, end))


def _is_dialled(number: str, before: str) -> bool:
    if number.isdigit():
        return bool(_MOBILE.fullmatch(number) or _CALLING.search(before[-_CALLING_CHARS:]))
    return not _FOUR.fullmatch(number)


def _networks(text: str) -> Iterator[Span]:
    for found in _IP.finditer(text):
        with suppress(ValueError):
            ip_address(found[0])
            yield *found.span(), "IP"


def _account(address: str) -> str:
    """What stands before the @, where it is no ordinary word."""
    name = address.partition("@")[0]
    return name if len(name) >= _SHORTEST_ACCOUNT and re.search(r"[\d._-]", name) else ""


def _people(names: Iterable[str]) -> list[Finder]:
    """Whole names however they are written, and single words of them where they are capitalised."""
    words = [_folded(name).split() for name in names]
    whole = _literal((r" ".join(name) for name in words if len(name) > 1), "NAME")
    single = {word for name in words for word in name if len(word) >= _SHORTEST_NAME} - _PARTICLES
    capitalised = [
        lambda text, find=find: (span for span in find(text) if text[span[0]].isupper())
        for find in _literal(single, "NAME")
    ]
    return [*whole, *capitalised]


def _literal(values: Iterable[str], kind: str) -> list[Finder]:
    """What finds any of these texts as whole words, accents and case aside; nothing where there are none."""
    wanted = sorted({_folded(value) for value in values if value.strip()}, key=len, reverse=True)
    if not wanted:
        return []
    escaped = (r"\s+".join(map(re.escape, value.split())) for value in wanted)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(escaped)})(?!\w)")
    return [lambda text: ((*found.span(), kind) for found in pattern.finditer(_folded(text)))]


def _folded(text: str) -> str:
    """Every character without its accent, in lower case: as many as there were."""
    return "".join(unicodedata.normalize("NFD", one)[0].lower()[0] for one in text).translate({ord("’"): "'"})
