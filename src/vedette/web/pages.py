"""Two plain pages: what runs here, and the API's documentation, where routes can be tried. Nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from vedette.records import CollectionInfo

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9rem; }
pre { padding: .75rem; overflow-x: auto; border: 1px solid GrayText; border-radius: .25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid GrayText; }
summary { cursor: pointer; padding: .4rem 0; min-height: 24px; }
h3 { margin: 1.5rem 0 .25rem; }
output { display: block; white-space: pre-wrap; overflow-wrap: anywhere; font-family: ui-monospace, monospace; }
input, textarea, button { font: inherit; min-height: 24px; }
textarea { width: 100%; font-family: ui-monospace, monospace; }
label { display: inline-block; margin: 0 1rem .25rem 0; }
.method { display: inline-block; min-width: 4.5rem; font-weight: bold; }
"""


def front_page(version: str, collections: Sequence[CollectionInfo] | None) -> str:
    """The page at `/` where the page itself was not built; `collections` None for strangers."""
    rows = "".join(
        f"<tr><td>{escape(info.name)}</td><td>{info.documents:,}</td><td>{info.chunks:,}</td></tr>"
        for info in collections or ()
    )
    held = (
        f"<table><thead><tr><th>Collection</th><th>Documents</th><th>Passages</th></tr></thead>{rows}</table>"
        if rows
        else "<p>No documents yet: <code>vedette ingest FOLDER</code>.</p>"
        if collections is not None
        else ""
    )
    return _page(
        "Vedette",
        f"<h1>Vedette {escape(version)}</h1>"
        "<p>Answers only from your documents, says where the answer stands, and says so when it does not know.</p>"
        f"{held}"
        '<pre>vedette ask "Which controls mitigate T1110 brute force?"</pre>'
        '<p><a href="/docs">The API</a> · <a href="/openapi.json">openapi.json</a> · '
        '<a href="/readyz">state of the parts</a> · <a href="/metrics">metrics</a></p>',
    )


def docs_page(openapi: Mapping[str, Any]) -> str:
    """The page at `/docs`, made from the OpenAPI document."""
    info = openapi["info"]
    tags: dict[str, list[str]] = {}
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            tags.setdefault(operation["tags"][0], []).append(_operation(path, method, operation, openapi))
    sections = "".join(f"<h2>{escape(tag.capitalize())}</h2>{''.join(shown)}" for tag, shown in tags.items())
    intro = "".join(f"<p>{escape(part)}</p>" for part in info["description"].split("\n\n"))
    title = f"{info['title']}: the API"
    return _page(title, f"<h1>{escape(title)}</h1>{intro}{_authorize(openapi)}{sections}", script="/docs.js")


def _authorize(openapi: Mapping[str, Any]) -> str:
    """The form of OAuth 2.0's password grant; without the script it shows the token."""
    target = openapi["components"]["securitySchemes"]["password"]["flows"]["password"]["tokenUrl"]
    return (
        f'<form id="authorize" method="post" action="{escape(target)}"><h2>Authorize</h2>'
        '<label>Address <input name="username" type="email" autocomplete="username" required></label>'
        '<label>Password <input name="password" type="password" autocomplete="current-password" required></label>'
        "<button>Authorize</button><output></output></form>"
    )


def _operation(path: str, method: str, operation: Mapping[str, Any], openapi: Mapping[str, Any]) -> str:
    name = f'<span class="method">{method.upper()}</span><code>{escape(path)}</code>'
    heading = f"{name} — {escape(operation['summary'])}"
    about = "".join(f"<p>{escape(part)}</p>" for part in operation.get("description", "").split("\n\n"))
    shown = "".join(_request(operation, openapi)) + _try(path, method, operation, openapi)
    shown += _responses(operation, openapi)
    return f"<details><summary>{heading}</summary>{about}{shown}</details>"


def _request(operation: Mapping[str, Any], openapi: Mapping[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        about = escape(parameter.get("description", ""))
        yield f"<p><code>{escape(parameter['name'])}</code> ({escape(parameter['in'])}): {about}</p>"
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolve(content["schema"], openapi)
        if "example" in schema:
            yield f"<p>Example:</p><pre>{escape(json.dumps(schema['example'], indent=2, ensure_ascii=False))}</pre>"
        yield f"<p>Body, <code>{escape(media_type)}</code>:</p>{_fields(schema, openapi)}"


def _try(path: str, method: str, operation: Mapping[str, Any], openapi: Mapping[str, Any]) -> str:
    """A form that sends a request, for the script."""
    inputs = [
        f'<label>{escape(one["name"])} <input name="{escape(one["name"])}" data-in="{escape(one["in"])}"'
        f"{' required' if one.get('required') else ''}></label>"
        for one in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {})
    if "application/json" in body:
        example = _resolve(body["application/json"]["schema"], openapi).get("example", {})
        shown = escape(json.dumps(example, ensure_ascii=False))
        inputs.append(f'<label for="{operation["operationId"]}">JSON</label>')
        inputs.append(f'<textarea id="{operation["operationId"]}" rows="3">{shown}</textarea>')
    elif "multipart/form-data" in body:
        inputs.append('<label>file <input type="file" name="file" required></label>')
        inputs.append('<label>collection <input name="collection" value="default"></label>')
    return (
        f'<form data-path="{escape(path)}" data-method="{method.upper()}">{"".join(inputs)}'
        "<button>Send</button><output></output></form>"
    )


def _responses(operation: Mapping[str, Any], openapi: Mapping[str, Any]) -> str:
    rows = []
    for status, response in operation["responses"].items():
        fields = ""
        for media_type, content in response.get("content", {}).items():
            schema = _resolve(content.get("schema", {}), openapi)
            if status.startswith("2") and schema.get("properties"):
                fields += f"<p><code>{escape(media_type)}</code></p>{_fields(schema, openapi)}"
        rows.append(f"<tr><td>{escape(status)}</td><td>{escape(response.get('description', ''))}{fields}</td></tr>")
    return f"<table><thead><tr><th>Status</th><th>Answer</th></tr></thead>{''.join(rows)}</table>"


def _fields(schema: Mapping[str, Any], openapi: Mapping[str, Any]) -> str:
    required = schema.get("required", ())
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(_kind(part, openapi))}"
        f"{'' if name in required else ', optional'}</td><td>{escape(part.get('description', ''))}</td></tr>"
        for name, part in schema.get("properties", {}).items()
    )
    return f"<table>{rows}</table>"


def _kind(schema: Mapping[str, Any], openapi: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(part, openapi) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}), openapi)}"
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    return str(schema.get("type", "any"))


def _resolve(schema: Mapping[str, Any], openapi: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = openapi["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return found


def _page(title: str, body: str, script: str = "") -> str:
    run = f'<script src="{script}" defer></script>' if script else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/style.css">{run}</head><body>{body}</body></html>'
    )
