"""Markdown: rendered, then read as HTML, so that the stored text is what a reader sees and sentences quote cleanly."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from markdown_it import MarkdownIt

from vedette.errors import LoadError
from vedette.rag.load.html import add_html, parsed
from vedette.rag.load.limits import Job
from vedette.rag.load.plain import decode
from vedette.rag.load.text import Assembly, clean, one_line, title_from_name
from vedette.records import Document, MetadataValue

_FRONT = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
# Attribute lists of kramdown and Python-Markdown: {: .class}, {#id}, and the one that follows an image or a link.
_ATTRIBUTES = re.compile(r"(?<=\))\{:[^{}\n]*\}|[ \t]*\{(?::[^{}\n]*|#[\w-]+)\}[ \t]*$", re.MULTILINE)

# An element whose content they read as Markdown; CommonMark does so after an empty line.
_MARKED = re.compile(r"""(<\w+[^<>\n]*\bmarkdown=["']?1["']?[^<>\n]*>)[ \t]*\n""")


def read(job: Job) -> Iterator[Document]:
    """One document; front matter becomes metadata. Raises LoadError for a file without text."""
    text, _ = decode(job.data, job.source)
    metadata, body = _front_matter(clean(text))
    body = _MARKED.sub(r"\1\n\n", _ATTRIBUTES.sub("", body))
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(body)
    assembly = Assembly()
    add_html(assembly, parsed(rendered).body)
    if not assembly.blocks:
        raise LoadError(f"{job.source} has no text in it; there is nothing to answer from.")
    title = str(metadata.get("title") or "") or assembly.first_heading() or title_from_name(job.source)
    yield Document(job.source, title, assembly.text, "text/markdown", blocks=tuple(assembly.blocks), metadata=metadata)


def _front_matter(text: str) -> tuple[dict[str, MetadataValue], str]:
    """The plain values of YAML front matter, and the rest. Text that only looks like it stays text."""
    match = _FRONT.match(text)
    if not match:
        return {}, text
    try:
        front = yaml.safe_load(match[1])
    except yaml.YAMLError:
        return {}, text
    if not isinstance(front, dict):
        return {}, text
    metadata: dict[str, MetadataValue] = {}
    for name, value in front.items():
        if isinstance(value, list):
            metadata[str(name)] = tuple(one_line(str(entry)) for entry in value if isinstance(entry, str | int | float))
        elif isinstance(value, bool | int | float):
            metadata[str(name)] = value
        elif value is not None and not isinstance(value, dict):
            metadata[str(name)] = one_line(str(value))
    return metadata, text[match.end() :]
