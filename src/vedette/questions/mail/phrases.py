"""What letters say around an answer, in the languages of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """Sentences of one language. `reasons` and `advice` go by `DeadReason`; quotation marks are in `quoted`."""

    hello: str
    hello_name: str
    asked: str
    refused: str
    topics: str
    note: str
    sources: str
    page: str
    quoted: str
    unanswered: str
    failed: str
    reasons: Mapping[str, str]
    advice: Mapping[str, str]
    rate: str
    again: str
    reply: str
    no_reply: str


_EN = Phrases(
    hello="Hello,",
    hello_name="Hello {name},",
    asked="You asked:",
    refused="Not in these documents",
    topics="Nearest topics:",
    note="Please note:",
    sources="Sources",
    page="page {page}",
    quoted="“{quote}”",
    unanswered="No answer: {subject}",
    failed="Your question could not be answered: {reason}.",
    reasons={
        "provider_down": "no language model could be reached",
        "timeout": "it took too long",
        "worker_lost": "the worker that had it stopped in the midst of it",
        "not_found": "its collection is gone",
        "not_allowed": "the collection may no longer be read",
        "broken": "something in the server failed",
    },
    advice={
        "provider_down": "Try it again later, on its page.",
        "timeout": "Ask something shorter, or try it again on its page when less is going on.",
        "worker_lost": "Try it again on its page.",
        "not_found": "Ask again, in a collection that is there.",
        "not_allowed": "Ask whoever runs this service to let you read it, or ask in another collection.",
        "broken": "Try it again on its page; if it fails once more, tell whoever runs this service.",
    },
    rate="Read this answer on the page, and say whether it helped:",
    again="Your question on the page:",
    reply="A reply to this mail asks a further question.",
    no_reply="Nobody reads replies to this mail.",
)
_ES = Phrases(
    hello="Hola:",
    hello_name="Hola, {name}:",
    asked="Usted preguntó:",
    refused="No está en estos documentos",
    topics="Temas más cercanos:",
    note="Tenga en cuenta:",
    sources="Fuentes",
    page="página {page}",
    quoted="«{quote}»",
    unanswered="Sin respuesta: {subject}",
    failed="No se pudo responder a su pregunta: {reason}.",
    reasons={
        "provider_down": "no se pudo contactar con ningún modelo de lenguaje",
        "timeout": "tardó demasiado",
        "worker_lost": "el proceso que la tenía se detuvo a mitad",
        "not_found": "su colección ya no existe",
        "not_allowed": "la colección ya no se puede leer",
        "broken": "algo ha fallado en el servidor",
    },
    advice={
        "provider_down": "Vuelva a intentarlo más tarde, en su página.",
        "timeout": "Pregunte algo más breve, o vuelva a intentarlo en su página cuando haya menos trabajo.",
        "worker_lost": "Vuelva a intentarlo en su página.",
        "not_found": "Pregunte de nuevo, en una colección que exista.",
        "not_allowed": "Pida permiso de lectura a quien administra este servicio, o pregunte en otra colección.",
        "broken": "Vuelva a intentarlo en su página; si falla otra vez, avise a quien administra este servicio.",
    },
    rate="Lea esta respuesta en la página y diga si le ha servido:",
    again="Su pregunta en la página:",
    reply="Si responde a este correo, hace otra pregunta.",
    no_reply="Nadie lee las respuestas a este correo.",
)
_FR = Phrases(
    hello="Bonjour,",
    hello_name="Bonjour {name},",
    asked="Vous avez demandé :",
    refused="Absent de ces documents",
    topics="Sujets les plus proches :",
    note="À noter :",
    sources="Sources",
    page="page {page}",
    quoted="« {quote} »",
    unanswered="Sans réponse : {subject}",
    failed="Votre question n’a pas pu recevoir de réponse : {reason}.",
    reasons={
        "provider_down": "aucun modèle de langage n’a pu être joint",
        "timeout": "cela a pris trop de temps",
        "worker_lost": "le processus qui la traitait s’est arrêté en plein travail",
        "not_found": "sa collection n’existe plus",
        "not_allowed": "la collection ne peut plus être lue",
        "broken": "une erreur s’est produite dans le serveur",
    },
    advice={
        "provider_down": "Réessayez plus tard, sur sa page.",
        "timeout": "Posez une question plus courte, ou réessayez sur sa page quand le serveur sera moins chargé.",
        "worker_lost": "Réessayez sur sa page.",
        "not_found": "Posez-la de nouveau, dans une collection qui existe.",
        "not_allowed": "Demandez le droit de lecture à qui administre ce service, ou choisissez une autre collection.",
        "broken": "Réessayez sur sa page ; si l’erreur se répète, prévenez qui administre ce service.",
    },
    rate="Lisez cette réponse sur la page et dites si elle vous a aidé :",
    again="Votre question sur la page :",
    reply="Répondre à cet e-mail, c’est poser une autre question.",
    no_reply="Personne ne lit les réponses à cet e-mail.",
)
PHRASES: Mapping[str, Phrases] = {"en": _EN, "es": _ES, "fr": _FR}
