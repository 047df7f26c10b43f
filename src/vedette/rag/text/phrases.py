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


_READ_AS = {
    "en": "Did you mean “{read}”? No document has “{written}”; the question was read that way.",
    "es": "¿Quiso decir «{read}»? Ningún documento contiene «{written}»; la pregunta se ha leído así.",
    "fr": "Vouliez-vous dire « {read} » ? Aucun document ne contient « {written} » ; la question a été lue ainsi.",
}


_NOT_THAT_PART = {
    "en": "The records do not say that; this is what they say of the subject.",
    "es": "Los registros no dicen eso; esto es lo que dicen del tema.",
    "fr": "Les fiches ne le disent pas ; voici ce qu'elles disent du sujet.",
}


def not_that_part(language: str) -> str:
    """That a record is shown although it does not hold what was asked of it."""
    return _in(language, _NOT_THAT_PART)


def read_as(language: str, written: str, read: str) -> str:
    """That a word of the question was taken for a misspelling of another."""
    return _in(language, _READ_AS).format(written=written, read=read)


def not_in_documents(language: str) -> str:
    """Why there is no answer although the question is in scope."""
    return _in(language, _NOT_IN_DOCUMENTS)


def unsupported(language: str, provider: str) -> str:
    """That a provider's draft was thrown away."""
    return _in(language, _UNSUPPORTED).format(provider=provider)


def _in(language: str, texts: Mapping[str, str]) -> str:
    return texts.get(language, texts["en"])
