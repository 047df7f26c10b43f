"""Five small files about security, one of them broken: a library that is read in a moment."""

from __future__ import annotations

import json
from pathlib import Path

PASSWORDS = """# Storing passwords

## Hashing

Store passwords with Argon2id, using a memory cost of 19 MiB and two iterations. Never store a password in plain text.
Every password hash has a random salt of its own, so that equal passwords do not have equal hashes.

## Rotation

Change a password when there are signs that it was stolen. Do not force people to change passwords on a calendar.
"""

BACKUPS = """Backups

Backups are written every night at 02:00 and copied to a second site. A restore is rehearsed every quarter.
The backup keys are held by the head of operations and by nobody else.
"""

PLAN = """<!doctype html><html><head><title>Phishing plan</title></head><body><h1>Phishing plan</h1>
<h2>When a phishing message is reported</h2><ol>
<li>Ask the reporter to forward the phishing message as an attachment.</li>
<li>Block the sender and the address of the page at the gateway.</li>
<li>Reset the credentials of everybody who entered them on the phishing page.</li></ol></body></html>
"""

KEV = {
    "title": "CISA Catalog of Known Exploited Vulnerabilities",
    "catalogVersion": "2024.01.01",
    "dateReleased": "2024-01-01T00:00:00.000Z",
    "count": 1,
    "vulnerabilities": [
        {
            "cveID": "CVE-2021-44228",
            "vendorProject": "Apache",
            "product": "Log4j2",
            "vulnerabilityName": "Apache Log4j2 Remote Code Execution Vulnerability",
            "dateAdded": "2021-12-10",
            "shortDescription": "Apache Log4j2 has a flaw where JNDI features allow remote code execution.",
            "requiredAction": "Apply updates, or remove the affected assets from the network.",
            "dueDate": "2021-12-24",
            "knownRansomwareCampaignUse": "Known",
            "notes": "",
            "cwes": ["CWE-20", "CWE-502"],
        }
    ],
}


def write_library(folder: Path) -> Path:
    """The folder, with its files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "passwords.md").write_text(PASSWORDS, encoding="utf-8")
    (folder / "backups.txt").write_text(BACKUPS, encoding="utf-8")
    (folder / "phishing.html").write_text(PLAN, encoding="utf-8")
    (folder / "known_exploited_vulnerabilities.json").write_text(json.dumps(KEV), encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nthis is not a PDF\n")
    return folder


def write_labelled(folder: Path) -> Path:
    """A labelled set of two documents and two queries, in the layout of BEIR."""
    folder.mkdir(parents=True, exist_ok=True)
    corpus = [
        {"_id": "d1", "title": "Passwords", "text": "Passwords are stored with Argon2id and a salt."},
        {"_id": "d2", "title": "Backups", "text": "Backups are written every night and copied to a second site."},
    ]
    queries = [{"_id": "q1", "text": "how are passwords stored"}, {"_id": "q2", "text": "when are backups written"}]
    for name, rows in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n", encoding="utf-8")
    return folder
