"""Short letters about a mail that could not be taken as it came, in the languages of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Literal

from vedette.questions.mail.read import Envelope, Problem, Rules
from vedette.records import LONGEST_QUESTION, Letter, Person

Notice = Problem | Literal["too_many", "refused", "not_read", "not_kept"]
"""`refused`: for the reason that the details give. `not_read` and `not_kept`: the question waits, its attachments were
not read, or some of them failed."""
_ID = re.compile(r"<notice\.[0-9a-f]{32}@[^\s<>@]+>")

_NOT_ASKED = {
    "en": "Your question was not taken.",
    "es": "Su pregunta no se ha aceptado.",
    "fr": "Votre question n'a pas été acceptée.",
}
_SENTENCES: Mapping[Notice, Mapping[str, str]] = {
    "empty": {
        "en": "Your mail has no question: neither a text nor a subject. Write it as plain text and send it again.",
        "es": "Su correo no contiene ninguna pregunta: ni texto ni asunto. Escríbala como texto y envíela de nuevo.",
        "fr": "Votre message ne contient aucune question : ni texte ni objet. Écrivez-la en texte et renvoyez-la.",
    },
    "too_long": {
        "en": "It is too long: ask in {longest} characters at most, without the mails that you answer.",
        "es": "Es demasiado larga: pregunte en {longest} caracteres como máximo, sin los correos a los que responde.",
        "fr": "Elle est trop longue : {longest} caractères au plus, sans les messages auxquels vous répondez.",
    },
    "too_large": {
        "en": "Your mail is too large. Send it again without attachments.",
        "es": "Su correo es demasiado grande. Envíelo de nuevo sin archivos adjuntos.",
        "fr": "Votre message est trop volumineux. Renvoyez-le sans pièces jointes.",
    },
    "unreadable": {
        "en": "Your mail cannot be read. Write your question as plain text and send it again.",
        "es": "Su correo no se puede leer. Escriba su pregunta como texto y envíela de nuevo.",
        "fr": "Votre message est illisible. Écrivez votre question en texte et renvoyez-la.",
    },
    "too_many": {
        "en": "You have asked as many questions as one person may for now. Send it again later.",
        "es": "Por ahora ha hecho tantas preguntas como puede hacer una persona. Envíela de nuevo más tarde.",
        "fr": "Vous avez posé pour l'instant autant de questions qu'une personne le peut. Renvoyez-la plus tard.",
    },
    "refused": {
        "en": "This is the reason: {details}",
        "es": "Este es el motivo: {details}",
        "fr": "En voici la raison : {details}",
    },
    "not_read": {
        "en": "Your question waits for its answer. What was attached is not read here: {details}",
        "es": "Su pregunta espera respuesta. Los archivos adjuntos no se leen aquí: {details}",
        "fr": "Votre question attend sa réponse. Les pièces jointes ne sont pas lues ici : {details}",
    },
    "not_kept": {
        "en": "Your question waits for its answer. Some of what was attached could not be read:\n{details}",
        "es": "Su pregunta espera respuesta. Algunos archivos adjuntos no se pudieron leer:\n{details}",
        "fr": "Votre question attend sa réponse. Certaines pièces jointes n'ont pas pu être lues :\n{details}",
    },
}
_SUBJECT = {"en": "Your question", "es": "Su pregunta", "fr": "Votre question"}


def notice(about: Notice, envelope: Envelope, person: Person, rules: Rules, details: str = "") -> Letter:
    """The letter about a mail; its Message-ID is the same whenever that mail is read."""
    wanted = (person.language[:2], rules.language, "en")
    language = next(one for one in wanted if one in _SUBJECT)
    sentence = _SENTENCES[about][language].format(longest=LONGEST_QUESTION, details=details)
    asked = about in ("not_read", "not_kept")
    subject = envelope.subject or _SUBJECT[language]
    return Letter(
        to=person.email,
        subject=subject if subject.lower().startswith("re:") else f"Re: {subject}",
        text=f"{sentence if asked else f'{_NOT_ASKED[language]} {sentence}'}\n",
        message_id=f"<notice.{sha256(envelope.key.encode()).hexdigest()[:32]}@{rules.own[0].rpartition('@')[2]}>",
        references=envelope.thread,
    )


def answers_notice(envelope: Envelope) -> bool:
    """Whether a mail answers such a letter: perhaps by itself, so that another one would begin a loop."""
    return any(_ID.fullmatch(one) for one in envelope.thread)
