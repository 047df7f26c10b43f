"""The contract of `vedette.services` over HTTP: knowledge and conversations as a client of a running server."""
