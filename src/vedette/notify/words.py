"""What notices say, in English, Spanish and French."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Subjects and texts. `{}` stands for what is known of the event; texts say what to do."""

    several: str
    times: str
    trial: tuple[str, str]
    pipeline_error: tuple[str, str]
    more_files: str
    dead_letter: tuple[str, str]
    provider_down: tuple[str, str]
    feed_stale: tuple[str, str]


WORDS = {
    "en": Words(
        several="{count} notices: {subject} …",
        times="{count} times since {at}",
        trial=("A trial", "This is a trial: notices arrive here."),
        pipeline_error=(
            "Not everything could be read into the collection {collection}: {count} failed",
            "{files}\n\nThe rest was read. `vedette documents list --failed` shows all that was not.",
        ),
        more_files="… and {count} more",
        dead_letter=(
            "A question was given up ({reason})",
            "{error}\n\nThe question has the id {question}. Put it back into the line once the cause is gone.",
        ),
        provider_down=(
            "The provider {provider} does not answer ({brief})",
            "{error}\n\nIt is left out until it answers again; meanwhile the next one is asked, or answers are cut "
            "from the documents. `vedette doctor` shows its state.",
        ),
        feed_stale=(
            "The collection {collection} has had nothing new for {days} days",
            "The newest record was read on {newest}. See whether its source still sends, and read it again: "
            "`vedette ingest`.",
        ),
    ),
    "es": Words(
        several="{count} avisos: {subject} …",
        times="{count} veces desde {at}",
        trial=("Una prueba", "Esto es una prueba: los avisos llegan aquí."),
        pipeline_error=(
            "No todo pudo leerse en la colección {collection}: {count} sin leer",
            "{files}\n\nLo demás se ha leído. `vedette documents list --failed` muestra todo lo que no.",
        ),
        more_files="… y {count} más",
        dead_letter=(
            "Se ha abandonado una pregunta ({reason})",
            "{error}\n\nLa pregunta tiene el id {question}. Devuélvala a la cola cuando la causa haya desaparecido.",
        ),
        provider_down=(
            "El proveedor {provider} no responde ({brief})",
            "{error}\n\nSe deja de lado hasta que responda; mientras tanto se pregunta al siguiente, o las respuestas "
            "se extraen de los documentos. `vedette doctor` muestra su estado.",
        ),
        feed_stale=(
            "La colección {collection} lleva {days} días sin nada nuevo",
            "El registro más reciente se leyó el {newest}. Compruebe que su fuente sigue enviando y léala de nuevo: "
            "`vedette ingest`.",
        ),
    ),
    "fr": Words(
        several="{count} avis : {subject} …",
        times="{count} fois depuis {at}",
        trial=("Un essai", "Ceci est un essai : les avis arrivent ici."),
        pipeline_error=(
            "Tout n'a pas pu être lu dans la collection {collection} : {count} en échec",
            "{files}\n\nLe reste a été lu. `vedette documents list --failed` montre tout ce qui ne l'a pas été.",
        ),
        more_files="… et {count} de plus",
        dead_letter=(
            "Une question a été abandonnée ({reason})",
            "{error}\n\nLa question a l'identifiant {question}. Remettez-la dans la file une fois la cause disparue.",
        ),
        provider_down=(
            "Le fournisseur {provider} ne répond pas ({brief})",
            "{error}\n\nIl est laissé de côté jusqu'à ce qu'il réponde ; entre-temps le suivant est interrogé, ou les "
            "réponses sont tirées des documents. `vedette doctor` montre son état.",
        ),
        feed_stale=(
            "La collection {collection} n'a rien de nouveau depuis {days} jours",
            "L'enregistrement le plus récent a été lu le {newest}. Vérifiez que sa source envoie encore et relisez-la "
            "avec `vedette ingest`.",
        ),
    ),
}
