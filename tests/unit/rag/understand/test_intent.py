"""What a question asks for: identifiers, language, intent. The sentences here are not those the intents learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from vedette.rag.embed import OnnxEmbedder, packaged_model
from vedette.rag.understand.intent import Understander, read_examples, read_question
from vedette.records import Intent, Understanding

HELD_OUT: dict[Intent, list[str]] = {
    "question": [
        "what is a golden ticket",
        "Which mitigations are recommended for phishing?",
        "minimum key length for RSA",
        "T1059.001",
        "what must I do about CVE-2021-44228 and by when?",
        "who is Lazarus Group?",
        "difference between clear and purge",
        "Does the candidate speak German?",
        "How do I validate file uploads?",
        "which sub-techniques does credential dumping have",
        "Who won the 1998 World Cup?",
        "what is zero trust",
        "How should session identifiers be generated?",
        "What is an incident?",
        "¿Qué es el control de acceso roto?",
        "¿Cómo se valida la entrada de datos?",
        "configuración de seguridad incorrecta",
        "¿Quién es el profesor de la asignatura?",
        "Qu'est-ce que le kerberoasting ?",
        "Comment configurer TLS ?",
    ],
    "incident": [
        "Ransomware has locked all our computers, what should we do?",
        "my mailbox was hacked and is sending spam",
        "We discovered that an outsider has admin rights, how do we get them out?",
        "a colleague entered her password on a fake login page",
        "There has been a data breach, what are the first steps?",
        "we just found a backdoor on the web server",
        "our homepage shows a message from hackers",
        "They are demanding bitcoin to unlock our data",
        "what now? the antivirus found a trojan on three machines",
        "my work phone was stolen",
        "Nos han cifrado los servidores, ¿qué hacemos?",
        "Un empleado abrió un adjunto malicioso",
        "Han entrado en nuestra red, ayuda",
        "Notre site a été défiguré, que faire ?",
        "Un employé a ouvert une pièce jointe malveillante",
    ],
    "forecast": [
        "how far would malware spread from the HR laptop?",
        "predict the next victims in our network",
        "Which servers fall first if the firewall is breached?",
        "what is the chance that the infection reaches the database within two days?",
        "simulate a worm outbreak on the plant network",
        "which connections must we block to contain the outbreak?",
        "how many hosts will be lost by Friday?",
        "forecast for subnet 7",
        "What if the mail gateway gets infected tomorrow?",
        "estimate the blast radius of host app-3",
        "¿Hasta dónde se extendería el malware desde el portátil?",
        "Pronostica qué servidores caerán primero",
        "¿Cuántos equipos caerán en una semana?",
        "Jusqu'où se propagerait l'infection ?",
        "Prédis les prochaines machines touchées",
    ],
    "telemetry": [
        "any alerts today?",
        "show the sensor values since yesterday",
        "is the traffic on the gateway unusual right now?",
        "what anomalies were detected this morning?",
        "how many alarms did the detector raise last month?",
        "latest measurements of pump 3",
        "are there gaps in the readings?",
        "did memory usage spike overnight?",
        "which alerts are still open",
        "Is sensor 5 alive?",
        "¿Qué alertas hay hoy?",
        "¿Hay lecturas anómalas esta mañana?",
        "Muestra el tráfico de ayer",
        "Quelles alertes aujourd'hui ?",
        "Des mesures anormales cette semaine ?",
    ],
    "small_talk": [
        "hello there",
        "hi!",
        "thanks",
        "thank you so much for your help",
        "bye",
        "how is it going?",
        "what's your name",
        "are you human?",
        "you are very kind",
        "good afternoon",
        "Hola, ¿cómo estás?",
        "gracias",
        "hasta luego",
        "Bonsoir",
        "merci",
    ],
}


Read = Callable[[str], Understanding]


@pytest.fixture(scope="module")
def understood() -> Iterator[Read]:
    embedder = OnnxEmbedder(packaged_model(), 1)
    understander = Understander(embedder.embed)
    yield lambda text: understander.understand(read_question(text), embedder.embed_query(text))
    embedder.close()


def test_no_held_out_sentence_is_learnt_from() -> None:
    learnt = {text.casefold().strip(" .!?¿¡") for texts in read_examples().values() for text in texts}
    held = {text.casefold().strip(" .!?¿¡") for texts in HELD_OUT.values() for text in texts}
    assert not learnt & held


def test_intents_of_unseen_sentences(understood: Read) -> None:
    held = [(intent, text) for intent, texts in HELD_OUT.items() for text in texts]
    told = [(intent, text, understood(text).intent) for intent, text in held]
    wrong = [case for case in told if case[0] != case[2]]
    assert len(wrong) / len(told) <= 0.10, wrong


def test_a_question_is_hardly_ever_taken_for_something_else(understood: Read) -> None:
    """The costly mistake: a question that is not answered from the documents."""
    wrong = [text for text in HELD_OUT["question"] if understood(text).intent != "question"]
    assert len(wrong) <= 1, wrong


def test_identifiers_and_language(understood: Read) -> None:
    spanish = understood("¿Qué debo hacer ante cve-2021–44228?")
    assert [found.value for found in spanish.identifiers] == ["CVE-2021-44228"]
    assert spanish.language == "es"
    assert spanish.intent != "small_talk"


def test_an_identifier_is_never_small_talk(understood: Read) -> None:
    assert understood("hello T1110").intent != "small_talk"


def test_intents_have_about_as_many_examples_as_each_other() -> None:
    examples = read_examples()
    assert set(examples) == set(HELD_OUT)
    sizes = [len(set(texts)) for texts in examples.values()]
    assert max(sizes) <= 1.2 * min(sizes)
