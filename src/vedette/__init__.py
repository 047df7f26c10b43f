"""Vedette: answers from your documents, says where the answer stands, and says so when it does not know."""

__version__ = "0.1.0"
