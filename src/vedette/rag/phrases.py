"""The few sentences that Vedette says itself, in the language of the question (English where it has no other)."""

from __future__ import annotations

from collections.abc import Mapping

_NOT_IN_DOCUMENTS = {
    "en": "The documents touch on this, but none of their sentences answers it.",
    "es": "Los documentos tocan este tema, pero ninguna de sus frases lo responde.",
    "fr": "Les documents abordent ce sujet, mais aucune de leurs phrases n'y répond.",
}
_UNSUPPORTED = {
    "en": "Nothing that {provider} wrote is supported by the documents; this is quoted from them instead.",
    "es": "Nada de lo que escribió {provider} está respaldado por los documentos; en su lugar, se citan estos.",
    "fr": "Rien de ce que {provider} a écrit n'est appuyé par les documents ; ils sont cités à la place.",
}


def not_in_documents(language: str) -> str:
    """Why there is no answer although the question is in scope."""
    return _in(language, _NOT_IN_DOCUMENTS)


def unsupported(language: str, provider: str) -> str:
    """That a provider's draft was thrown away."""
    return _in(language, _UNSUPPORTED).format(provider=provider)


def _in(language: str, texts: Mapping[str, str]) -> str:
    return texts.get(language, texts["en"])
