"""Who may call which route: the whole table. A route that is not in it is closed to everybody, and fails a test.

`open`: anybody, and no token is looked at. `anybody`: a token is checked where one is sent. `reader`, `editor`,
`admin`: at least that role; the owner of the data folder may do what an admin may. `self`: somebody who signed in with
a password, about their own account; no API key will do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Rule = Literal["open", "anybody", "reader", "editor", "admin", "self"]

RULES: Mapping[str, Rule] = {
    "GET /": "anybody",
    "GET /docs": "open",
    "GET /docs.js": "open",
    "GET /style.css": "open",
    "GET /livez": "open",
    "GET /readyz": "anybody",
    "GET /metrics": "reader",
    "GET /v1/me": "anybody",
    "PATCH /v1/me": "self",
    # Accounts
    "POST /v1/auth/register": "open",
    "POST /v1/auth/login": "open",
    "POST /v1/auth/refresh": "open",
    "POST /v1/auth/logout": "self",
    "POST /v1/auth/forgot": "open",
    "POST /v1/auth/reset": "open",
    "POST /v1/auth/password": "self",
    "GET /v1/auth/sessions": "self",
    "DELETE /v1/auth/sessions/{session}": "self",
    "GET /v1/auth/keys": "self",
    "POST /v1/auth/keys": "self",
    "DELETE /v1/auth/keys/{key}": "self",
    # Conversations: each sees their own alone
    "GET /v1/conversations": "reader",
    "POST /v1/conversations": "reader",
    "GET /v1/conversations/{conversation}": "reader",
    "PATCH /v1/conversations/{conversation}": "reader",
    "DELETE /v1/conversations/{conversation}": "reader",
    "POST /v1/conversations/{conversation}/ask": "reader",
    "POST /v1/conversations/{conversation}/turns/{turn}/again": "reader",
    "POST /v1/conversations/{conversation}/turns/{turn}/rating": "reader",
    "GET /v1/conversations/{conversation}/export": "reader",
    # Questions that are answered later: each sees their own alone
    "POST /v1/questions": "reader",
    "GET /v1/questions": "reader",
    "DELETE /v1/questions": "reader",
    "GET /v1/questions/{question}": "reader",
    "POST /v1/questions/{question}/cancel": "reader",
    "POST /v1/questions/{question}/retry": "reader",
    "POST /v1/questions/{question}/rating": "reader",
    "DELETE /v1/me/data": "self",
    "GET /v1/admin/questions": "admin",
    "POST /v1/admin/questions/{question}/retry": "admin",
    # Networks: each sees what their access allows
    "GET /v1/networks": "reader",
    "GET /v1/networks/{name}": "reader",
    "GET /v1/networks/{name}/rates": "reader",
    "GET /v1/networks/{name}/incidents": "reader",
    "GET /v1/networks/{name}/models": "reader",
    "POST /v1/networks": "editor",
    "DELETE /v1/networks/{name}": "editor",
    "PATCH /v1/networks/{name}": "editor",
    "POST /v1/networks/{name}/incidents": "editor",
    "POST /v1/networks/{name}/models/{model}/promote": "editor",
    # Forecasts: each sees their own alone
    "POST /v1/forecasts": "reader",
    "GET /v1/forecasts": "reader",
    "GET /v1/forecasts/{forecast}": "reader",
    "DELETE /v1/forecasts/{forecast}": "reader",
    "GET /v1/admin/forecasts": "admin",
    # Knowledge: each sees what their access allows
    "POST /v1/ask": "reader",
    "POST /v1/retrieve": "reader",
    "POST /v1/scope": "reader",
    "POST /v1/standalone": "reader",
    "POST /v1/preprocess": "reader",
    "GET /v1/identifiers/{value}": "reader",
    "GET /v1/documents": "reader",
    "GET /v1/documents/{document}": "reader",
    "GET /v1/documents/{document}/original": "reader",
    "GET /v1/collections": "reader",
    "POST /v1/documents": "editor",
    "DELETE /v1/documents/{document}": "editor",
    "PATCH /v1/documents/{document}/sharing": "editor",
    "GET /v1/failures": "editor",
    "DELETE /v1/failures": "editor",
    "POST /v1/ingest": "editor",
    "PATCH /v1/collections/{name}": "editor",
    "GET /v1/readers": "editor",
    # A collection may hold documents that an editor cannot see.
    "DELETE /v1/collections/{name}": "admin",
    "POST /v1/verify": "admin",
    # The doors for programs
    "GET /v1/models": "reader",
    "GET /v1/models/{model}": "reader",
    "POST /v1/chat/completions": "reader",
    "POST /mcp": "reader",
    # People
    "GET /v1/admin/people": "admin",
    "POST /v1/admin/people": "admin",
    "PATCH /v1/admin/people/{person}": "admin",
    "DELETE /v1/admin/people/{person}": "admin",
    "POST /v1/admin/people/{person}/reset-link": "admin",
    "GET /v1/admin/audit": "admin",
    "GET /v1/admin/audit/state": "admin",
    "GET /v1/admin/feedback": "admin",
    "GET /v1/admin/notices": "admin",
    "POST /v1/admin/notices/test": "admin",
    "GET /v1/admin/health": "admin",
    # The names of the founding systems
    "GET /status": "open",
    "POST /register": "open",
    "POST /login": "open",
    "POST /forgot-password": "open",
    "POST /change-password": "self",
    "POST /prompts": "reader",
    "GET /prompts/{question}": "reader",
    "POST /chat": "reader",
    "POST /retrieve": "reader",
    "POST /preprocess": "reader",
    "POST /ingest": "editor",
}
