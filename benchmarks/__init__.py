"""Ours beside a peer's, measured in one run: measure -> row -> results.json -> RESULTS.md."""
