"""Why a question is refused, in its language (English where there is no other)."""

from __future__ import annotations

from collections.abc import Mapping

_REASONS: Mapping[str, Mapping[str, str]] = {
    "empty": {
        "en": "There is nothing in this library yet.",
        "es": "Esta biblioteca todavía está vacía.",
        "fr": "Cette bibliothèque est encore vide.",
    },
    "unknown": {
        "en": "{} is not in this library.",
        "es": "{} no está en esta biblioteca.",
        "fr": "{} ne figure pas dans cette bibliothèque.",
    },
    "unnamed": {
        "en": "The question does not say what “{}” stands for; ask it with the name of what you mean.",
        "es": "La pregunta no dice a qué se refiere «{}»; hágala con el nombre de lo que busca.",
        "fr": "La question ne dit pas ce que désigne « {} » ; posez-la avec le nom de ce que vous cherchez.",
    },
    "missing": {
        "en": "This library does not cover the question: {} appears nowhere in it.",
        "es": "Esta biblioteca no trata esa pregunta: {} no aparece en ningún documento.",
        "fr": "Cette bibliothèque ne traite pas cette question : {} n'y figure nulle part.",
    },
    "weak": {
        "en": "This library does not hold enough to answer that.",
        "es": "Esta biblioteca no contiene lo suficiente para responder a eso.",
        "fr": "Cette bibliothèque ne contient pas de quoi répondre à cela.",
    },
}


def say(reason: str, language: str, about: str = "") -> str:
    """The sentence for a reason; `about` stands in it where it names something."""
    wordings = _REASONS[reason]
    return wordings.get(language, wordings["en"]).format(about)
