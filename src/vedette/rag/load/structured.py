"""JSON and YAML: security records each a document of its own."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.rag.load import security
from vedette.rag.load.limits import Job
from vedette.records import Document, Failure


def read_json(job: Job) -> Iterator[Document | Failure]:
    """The documents of a JSON file: ATT&CK, KEV, CVE, CSAF, OSCAL; others as readable text."""
    return security.read_json(job.data, job.source)


def read_yaml(job: Job) -> Iterator[Document | Failure]:
    """The documents of a YAML file: Sigma rules; others as readable text."""
    return security.read_yaml(job.data, job.source)
