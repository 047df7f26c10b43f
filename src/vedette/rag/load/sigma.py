"""Sigma detection rules: one document per rule, its author always shown (Detection Rule License 1.1).

Format: https://sigmahq.io/sigma-specification/ (rules 2.x). All scalars are read as the text that stands in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from vedette.rag.load.record import Json, Page, guarded, hosts, strings, table, unique, words
from vedette.rag.text.identifiers import find_identifiers
from vedette.records import Document, Failure

_RELATION = {"contains": "contains", "startswith": "starts with", "endswith": "ends with", "re": "matches",
             "cidr": "is in network", "lt": "is less than", "lte": "is at most", "gt": "is more than",
             "gte": "is at least", "exists": "exists:", "fieldref": "equals field"}  # fmt: skip


def recognises(value: Any) -> bool:
    return isinstance(value, Mapping) and "title" in value and ("detection" in value or "correlation" in value)


def read(rules: Iterable[Json], source: str) -> Iterator[Document | Failure]:
    """The documents of a file of rules; a single rule's source is the file itself."""
    listed = list(rules)
    return guarded(listed, source, "title", partial(_document, source, len(listed) > 1))


def _document(source: str, several: bool, rule: Json) -> Document:
    title, number = words(rule, "title"), words(rule, "id").lower()
    if not title:
        raise KeyError("title")
    tags = strings(rule, "tags")
    product = table(rule, "logsource")
    page = Page(title)
    page.prose(words(rule, "description"))
    page.fields(_facts(rule))
    definition = words(product, "definition")
    if definition:
        page.add("heading", "Log source set-up", 2)
        page.add("paragraph", definition)
    _detection(page, table(rule, "detection") or table(rule, "correlation"))
    page.section("False positives", strings(rule, "falsepositives"))
    page.fields({"References": hosts(strings(rule, "references"))})
    return Document(
        source=f"{source}#{number or title}" if several else source,
        title=page.title,
        text=page.text,
        media_type="application/yaml",
        kind="sigma",
        language="en",
        blocks=tuple(page.blocks),
        identifiers=unique([number]),
        names=(title,),
        metadata={
            "level": words(rule, "level"),
            "status": words(rule, "status"),
            "author": words(rule, "author"),
            "attack": _found(tags, "attack"),
            "tactics": _tactics(tags),
            "logsource": tuple(
                words(product, key) for key in ("product", "category", "service") if words(product, key)
            ),
            "references": strings(rule, "references"),
        },
    )


def _facts(rule: Json) -> dict[str, object]:
    tags, product = strings(rule, "tags"), table(rule, "logsource")
    return {
        "Rule": words(rule, "id").lower(),
        "Level": words(rule, "level"),
        "Status": words(rule, "status"),
        "Author": words(rule, "author"),
        "Date": words(rule, "date"),
        "Modified": words(rule, "modified"),
        "ATT&CK": _found(tags, "attack"),
        "Tactics": _tactics(tags),
        "CVE": _found(tags, "cve"),
        "Log source": [f"{key} {product[key]}" for key in ("product", "category", "service") if words(product, key)],
    }


def _detection(page: Page, detection: Json) -> None:
    if detection:
        page.add("heading", "Detection", 2)
    for name, value in detection.items():
        if name not in {"condition", "timeframe"}:
            page.item(f"{name}: {_selection(value)}")
    page.fields({"Condition": detection.get("condition", ""), "Timeframe": words(detection, "timeframe")})


def _found(tags: Iterable[str], kind: str) -> tuple[str, ...]:
    """The identifiers in the tags: `attack.t1110.003` is T1110.003, `cve.2021-44228` is CVE-2021-44228."""
    plain = (re.sub(r"^cve\.(?=\d{4})", "cve-", tag.lower()).replace("cve-", "CVE-") for tag in tags)
    return unique(one.value for tag in plain for one in find_identifiers(tag) if one.kind == kind)


def _tactics(tags: Iterable[str]) -> tuple[str, ...]:
    names = (tag.removeprefix("attack.") for tag in tags if tag.startswith("attack."))
    return unique(re.sub(r"[-_]", " ", name).title() for name in names if not any(sign.isdigit() for sign in name))


def _selection(value: Any) -> str:
    """A search as one reads it: `Image ends with \\schtasks.exe; CommandLine contains /Create`."""
    if isinstance(value, Mapping):
        return "; ".join(_test(str(field), expected) for field, expected in value.items())
    if isinstance(value, list):
        joint = " or " if any(isinstance(entry, Mapping) for entry in value) else ", "
        return joint.join(_selection(entry) for entry in value)
    return _shown(value)


def _test(field: str, expected: Any) -> str:
    name, *modifiers = field.split("|")
    relation = next((_RELATION[one] for one in modifiers if one in _RELATION), "is")
    encoded = [one for one in modifiers if one not in _RELATION and one not in {"all", "windash", "cased"}]
    values = expected if isinstance(expected, list) else [expected]
    joint = " and " if "all" in modifiers else " or "
    shown = joint.join(_selection(one) if isinstance(one, list | Mapping) else _shown(one) for one in values)
    return f"{name} {relation} {shown}" + (f" ({', '.join(encoded)})" if encoded else "")


def _shown(value: Any) -> str:
    text = str(value)
    return f'"{text}"' if text != text.strip() or not text else text
