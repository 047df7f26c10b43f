"""Find identifiers and indicators in a text, however they are typed: `cve-2021–44228`, `T1110/003`, `evil[.]com`.

Everybody who must agree on what an identifier is uses this one grammar: the analyser of the index (identifiers stay
whole), the exact lane, the verifier and the linker. Sources: the CVE, CWE, CAPEC, MITRE ATT&CK and GHSA naming rules,
CISA's advisory numbers, the control families of NIST SP 800-53 rev. 5, RFC 3986, RFC 4291, RFC 1035.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator

from vedette.rag.text.words import word_set
from vedette.records import Identifier

_DASH = "[-\u00ad‐‑‒–—―−﹘﹣-]"
_SEP = rf"(?:\s?{_DASH}\s?|[ \u00a0_])"
_DOT = r"(?:\.|\[\.\]|\(\.\)|\{\.\}| ?\[dot\] ?| ?\(dot\) ?)"
_COLON = r"(?::|\[:\])"
_AT = r"(?:@| ?\[(?:@|at)\] ?| ?\((?:@|at)\) ?)"
_SCHEME = r"(?:h[tx*]{2}ps?|f[tx]ps?)(?::|\[:\])(?://|\\/\\/)|(?:h[tx*]{2}ps?|f[tx]ps?)\[://\]"
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?"
_HOST = rf"{_LABEL}(?:{_DOT}{_LABEL})*{_DOT}(?:[a-z]{{2,24}}|xn--[a-z0-9-]{{2,59}})(?![\w(-])(?!{_DOT}\w)"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"

_BRANCHES = {
    "url": rf"(?:{_SCHEME})[^\s<>\"'`|^]+",
    "email": rf"[a-z0-9_][a-z0-9_.%+-]*{_AT}{_HOST}",
    "domain": rf"(?<![\w@\\]){_HOST}",
    "cve": rf"cve{_SEP}(?:19|20)\d\d{_SEP}\d{{4,7}}(?!\d)",
    "cwe": rf"cwe(?:{_SEP}|:)?\d{{1,4}}(?![0-9a-z])",
    "capec": rf"capec(?:{_SEP}|:)?\d{{1,3}}(?![0-9a-z])",
    "ghsa": rf"ghsa(?:{_DASH}[23456789cfghjmpqrvwx]{{4}}){{3}}(?![0-9a-z])",
    "icsa": rf"(?:(?:icsa|icsma|va|ics{_DASH}alert){_DASH}\d\d{_DASH}\d{{3}}{_DASH}\d\d[a-z]?"
    rf"|aa\d\d{_DASH}\d{{3}}[a-z])(?![0-9a-z])",
    "attack": r"(?:t[01]\d{3}(?:[./]\d{3})?|(?:[gsm][01]|c0|ta0|ds0|det[01])\d{3})(?![0-9a-z])",
    "control": rf"(?:a[ctu]|c[amp]|i[ar]|m[ap]|p[elmst]|ra|s[acir]){_DASH}\d{{1,2}}(?:\.\d{{1,2}}|\s?\(\d{{1,2}}\))?"
    rf"(?![0-9a-z]|{_DASH}[0-9a-z])",
    "sha256": r"[0-9a-f]{64}(?![0-9a-z])",
    "sha1": r"[0-9a-f]{40}(?![0-9a-z])",
    "md5": r"[0-9a-f]{32}(?![0-9a-z])",
    "ipv4": rf"(?<!\d\.){_OCTET}(?:{_DOT}{_OCTET}){{3}}(?![0-9a-z]|\.\d)",
    "ipv6": rf"(?<!:)(?:[0-9a-f]{{1,4}}|(?=::)){_COLON}(?:[0-9a-f]{{0,4}}{_COLON}){{1,6}}[0-9a-f]{{0,4}}(?![0-9a-z:])",
}


# Runs of ordinary words are eaten in one step: four times as fast as trying every branch at every word.
_WORDS = r"(?:(?!(?:cve|cwe|capec)\b)[a-z]++(?:[\s,;\"'!?]|[.:]\s)++(?![\[({]))++"


def _compile(names: tuple[str, ...]) -> re.Pattern[str]:
    body = "|".join(f"(?P<{name}>{_BRANCHES[name]})" for name in names)
    return re.compile(f"(?<![0-9A-Za-z])(?:{_WORDS}|{body})", re.IGNORECASE)


_ALL = _compile(tuple(_BRANCHES))
_WITHIN = _compile(tuple(name for name in _BRANCHES if name not in {"url", "email", "domain"}))

# Highest control number of each family of SP 800-53 rev. 5: `IA-64` is a processor, not a control.
_CONTROLS = {
    "AC": 25, "AT": 6, "AU": 16, "CA": 9, "CM": 14, "CP": 13, "IA": 13, "IR": 10, "MA": 7, "MP": 8, "PE": 23, "PL": 11,
    "PM": 32, "PS": 9, "PT": 8, "RA": 10, "SA": 24, "SC": 51, "SI": 23, "SR": 12,
}  # fmt: skip
_MAX_ENHANCEMENT = 39


# Country codes of ISO 3166 in use, and the generic top-level domains that prose and indicators really use.
_COUNTRY = word_set(
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd "
    "cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge "
    "gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh "
    "ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw "
    "mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb "
    "sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk "
    "us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_GENERIC = word_set(
    "com net org edu gov mil int info biz name pro aero coop museum arpa onion mobi jobs travel asia cat tel xyz top "
    "online site club shop store tech cloud live icu work link click news blog agency email digital network systems "
    "services solutions support security world today space website fun vip life media center company zone host press "
    "rocks social stream download bid win loan date review party trade science cyou monster bond buzz guru expert app "
    "dev page wiki bank foundation academy"
)
# Endings that are file types or words of code first: a name that ends so needs a better sign of being a domain.
_AMBIGUOUS = word_set(
    "ac ai am as bz cc cat cs date do download host id in is la link md mk ml mo mp name no page pl "
    "pm ps py rs sh so st support tf to us win work"
)
_REGISTRIES = word_set("ac co com edu go gob gouv gov mil net nic or org")
_SHORT_ADDRESSES = word_set("0.0.0.0 1.0.0.1 1.1.1.1 1.2.3.4 4.2.2.1 4.2.2.2 8.8.4.4 8.8.8.8 9.9.9.9")
_PRODUCTS = frozenset({"asp.net", "ado.net", "vb.net", "ml.net", "command.com"})
_VERSION_BEFORE = re.compile(
    r"(?:\b(?:v|ver|versions?|releases?|build|firmware|update|patch|revision|prior to|earlier than|section|§)"
    r"\.?:?\s*(?:before|prior to|through|from|up to|<=?)?\s*|<=?\s*)$",
    re.IGNORECASE,
)
_DEFANG = re.compile(r"\s?[\[({](\.|dot|:|://|@|at)[\])}]\s?", re.IGNORECASE)


def find_identifiers(text: str) -> tuple[Identifier, ...]:
    """Every identifier of `text` in order of its place, none overlapping another, the longest reading of each place.

    >>> [found.value for found in find_identifiers("cve-2021–44228 is used by T1190 from hxxp://evil[.]com/a.")]
    ['CVE-2021-44228', 'T1190', 'http://evil.com/a']
    >>> [found.value for found in find_identifiers("See AC-2(3), ac-2.1 and IA-64; run setup.exe 1.2.3 or node.js")]
    ['AC-2(3)', 'AC-2(1)']
    """
    return tuple(_find(_ALL, text, 0, len(text)))


def normalise(value: str) -> str:
    """The canonical spelling of one identifier; a text that is none comes back refanged, its spaces made single.

    >>> normalise("cve 2021 44228"), normalise("t1110/003"), normalise("198.51.100[.]7"), normalise("Cozy  Bear")
    ('CVE-2021-44228', 'T1110.003', '198.51.100.7', 'Cozy Bear')
    """
    value = value.strip()
    found = find_identifiers(value)
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(value):
        return found[0].value
    return " ".join(_refang(value).split())


def _find(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[Identifier]:
    for match in pattern.finditer(text, start, end):
        kind = match.lastgroup
        if kind is None:
            continue
        stop = _url_end(text, match.start(), match.end()) if kind == "url" else match.end()
        value = _CANONICAL[kind](text, match.start(), stop)
        if value:
            yield Identifier(kind, value, match.start(), stop)
        elif kind in {"domain", "email"}:
            # A file name such as `CVE-2021-44228.pdf` was read as a host: what stands inside still counts.
            yield from _find(_WITHIN, text, match.start(), match.end())


def _refang(text: str) -> str:
    plain = _DEFANG.sub(lambda match: {"dot": ".", "at": "@"}.get(match[1].lower(), match[1]), text)
    plain = plain.replace("\\/", "/")
    return re.sub(r"^(?:h[tx*]{2}p|f[tx]p)(?=s?://)", lambda m: "http" if m[0][0] in "hH" else "ftp", plain, flags=re.I)


def _url_end(text: str, start: int, end: int) -> int:
    """Where the address ends once the punctuation of the sentence around it is taken off."""
    while end > start:
        last = text[end - 1]
        opening = {")": "(", "]": "[", "}": "{"}.get(last)
        unbalanced = opening is not None and text.count(opening, start, end) < text.count(last, start, end)
        if last not in ".,;:!?*\\[({" and not unbalanced:
            break
        end -= 1
    return end


def _url(text: str, start: int, end: int) -> str:
    scheme, _, rest = _refang(text[start:end]).partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}" if host else ""


def _email(text: str, start: int, end: int) -> str:
    local, _, host = _refang(text[start:end]).partition("@")
    return f"{local}@{host}".lower() if _is_domain(host, False) else ""


def _domain(text: str, start: int, end: int) -> str:
    raw = text[start:end]
    host = _refang(raw)
    # A bare name inside a file path (`/lib/x.so`, `..\x.com`) is a file.
    in_path = start > 0 and text[start - 1] in "/\\" and not text[max(0, start - 2) : start].endswith("//")
    return host.lower() if not in_path and _is_domain(host, host != raw) else ""


def _is_domain(host: str, defanged: bool) -> bool:
    labels = host.split(".")
    top = labels[-1]
    if top != top.lower() and host != host.upper():
        return False  # `System.Net`, `end.It`: code, or a sentence that begins without a space
    top, known = top.lower(), host.lower() not in _PRODUCTS
    if not known or not (top in _COUNTRY or top in _GENERIC or top.startswith("xn--")):
        return False
    sure = defanged or labels[0].lower() == "www" or (len(labels) > 2 and labels[-2].lower() in _REGISTRIES)
    return top not in _AMBIGUOUS or sure


def _ipv4(text: str, start: int, end: int) -> str:
    raw = text[start:end]
    value = _refang(raw)
    # Nobody defangs a version number. Four single digits are the number of a section, or one of a few known addresses.
    if value == raw and (
        _VERSION_BEFORE.search(text, max(0, start - 24), start) or (len(value) == 7 and value not in _SHORT_ADDRESSES)
    ):
        return ""
    return "" if value.startswith("0.") and value != "0.0.0.0" else value


def _ipv6(text: str, start: int, end: int) -> str:
    value = _refang(text[start:end])
    if not any(sign.isdigit() for sign in value) or value.count(":") < 2:
        return ""
    try:
        return ipaddress.IPv6Address(value).compressed
    except ValueError:
        return ""  # a time of day, a MAC address, a piece of code


def _control(text: str, start: int, end: int) -> str:
    raw = text[start:end]
    family, numbers = raw[:2].upper(), [int(number) for number in re.findall(r"\d+", raw)]
    if not 1 <= numbers[0] <= _CONTROLS[family] or (len(numbers) == 2 and not 1 <= numbers[1] <= _MAX_ENHANCEMENT):
        return ""
    if raw[:2] != family and (raw[:2] != family.lower() or family in {"AT", "PM"}):
        return ""  # `At-1`, `5 pm-6`: ordinary words
    return f"{family}-{numbers[0]}" + (f"({numbers[1]})" if len(numbers) == 2 else "")


def _numbered(prefix: str) -> Callable[[str, int, int], str]:
    return lambda text, start, end: "-".join([prefix, *re.findall(r"\d+", text[start:end])])


def _hash(text: str, start: int, end: int) -> str:
    value = text[start:end].lower()
    return "" if value.isdigit() or value.isalpha() else value


def _dashed(text: str, start: int, end: int) -> str:
    return re.sub(_DASH, "-", text[start:end]).upper()


_CANONICAL: dict[str, Callable[[str, int, int], str]] = {
    "url": _url,
    "email": _email,
    "domain": _domain,
    "cve": _numbered("CVE"),
    "cwe": lambda text, start, end: f"CWE-{int(re.findall(r'[0-9]+', text[start:end])[0])}",
    "capec": lambda text, start, end: f"CAPEC-{int(re.findall(r'[0-9]+', text[start:end])[0])}",
    "ghsa": lambda text, start, end: "GHSA" + _dashed(text, start + 4, end).lower(),
    "icsa": _dashed,
    "attack": lambda text, start, end: text[start:end].upper().replace("/", "."),
    "control": _control,
    "sha256": _hash,
    "sha1": _hash,
    "md5": _hash,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
}
