"""What a question asks for: the type of its answer and the parts of a record that hold it. English, Spanish, French."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from vedette.rag.text.words import word_set

AnswerType = Literal["person", "time", "place", "number", "version", "definition", "method", "list", "fact", "other"]

_TYPES: tuple[tuple[AnswerType, str], ...] = (
    ("definition", r"(who|qui[eé]n) (is|was|are|es|era|son) (?!(the|a|an|in|responsible|allowed|able|to|el|la)\b)"
                   r"\w+( \w+){0,2}\W*$"),
    ("version", r"(which|what) versions?|qu[eé] versi[oó]n(es)?|quelles? versions?"),
    ("list", r"(what|which) are (the|its|their|some)|what \w+ are there"),
    ("number", r"how (many|much|long|often|old|far|large|big|high|tall)|cu[aá]nt[oa]s?|combien|"
               r"(maximum|minimum|m[aá]xim[oa]|m[ií]nim[oa])|percentage|porcentaje|cvss|score of"),
    ("time", r"when|by when|since when|cu[aá]ndo|quand|"
             r"(what|which|in what|in which) (year|date|day|month|century|decade)|"
             r"(qu[eé]|cu[aá]l) (es la |fue la )?(a[nñ]o|fecha|d[ií]a|mes|siglo|d[eé]cada)"),
    ("person", r"who|whom|whose|qui[eé]n(es)?|qui"),
    ("place", r"where|d[oó]nde|ad[oó]nde|o[uù]|(what|which|in what|in which) (country|city|state|place)|"
              r"(en )?qu[eé] (pa[ií]s|ciudad|lugar|estado)"),
    ("method", r"how (do|can|should|to|must|would)|c[oó]mo|comment|what (must|should|can) (i|we|you|one) do|"
               r"best way|steps? (to|for)|qu[eé] (debo|debemos|hay que|puedo)"),
    ("definition", r"what('s| is| are| does)|define|explain|qu[eé] (es|son|significa)|what .* mean|qu'est-ce"),
    ("list", r"(which|what|qu[eé]|quels|quelles) (\w+ )?(?!(?:does|is|was|has|this|les|des)\b)\w+s|list|name the|"
             r"cu[aá]les"),
    ("fact", r"which|what|cu[aá]l|qu[eé]|quel(le)?"),
)  # fmt: skip

_ASPECTS: tuple[tuple[str, str], ...] = (
    ("mitigations", r"mitigat\w*|prevent\w*|protect\w*|defen[dsc]\w*|stop|block|counter\w*|harden\w*|"
                    r"mitig\w+|prev(?:en|ien)\w+|proteg\w+|prot[eé]\w+|evit\w+|emp[eê]ch\w+"),
    ("controls", r"controls?|safeguards?|controles?|contr[oô]les?"),
    ("detection", r"detect\w*|monitor\w*|hunt\w*|sigma|rules?|log sources?|d[eé]t[eé]ct\w*|reglas?|alert\w*"),
    ("users", r"groups?|actors?|who uses|used by|apts?|campaigns?|threat actors?|procedures?|examples?|grupos?|"
              r"qui[eé]n(es)? usan?|groupes?|in the wild"),
    ("software", r"malware|software|tools?|ransomware famil\w+|herramientas?|outils?"),
    ("techniques", r"techniques?|ttps?|tactics?|t[eé]cnicas?|t[aá]cticas?|how does \w+ operate|behaviou?rs?"),
    ("subtechniques", r"sub-?techniques?|sub-?t[eé]cnicas?|variants?"),
    ("aliases", r"alias(es)?|also known as|aka|other names?|called|known as|otros nombres|tambi[eé]n conocid\w*"),
    ("platforms", r"platforms?|operating systems?|plataformas?|plateformes?"),
    ("action", r"what (must|should|do|can) (i|we|you|one) (do|need)|must (i|we) do|required action|remediat\w*|fix\w*|"
               r"patch\w*|workaround\w*|action|respond|respuesta|qu[eé] (debo|debemos|hay que)|soluci\w+|parche\w*|"
               r"que (dois|devons|faut)|mitigat\w*|update"),
    ("due", r"by when|due|deadline|until when|cu[aá]ndo|plazo|fecha l[ií]mite|[eé]ch[eé]ance|quand|when must"),
    ("ransomware", r"ransomware"),
    ("exploited", r"exploit\w*|in the wild|kev|explotad\w*|exploit[eé]e?"),
    ("severity", r"cvss|severity|sever\w*|critical\w*|score|how bad|rating|dangerous|gravedad|puntuaci[oó]n|"
                 r"gravit[eé]"),
    ("affected", r"affected (products?|systems?|vendors?)|vulnerable products?|which products?|products?|productos"),
    ("versions", r"versions?|versiones|affects?|affected"),
    ("weakness", r"cwe\w*|weakness\w*|debilidad\w*"),
)  # fmt: skip

_MEASURE = (
    r"(?<=the )(two|three|four|five|six|seven|eight|nine|ten) "
    r"|\bhow (many|much|long|often|old|far|large|big|high|tall)\b|\b(the )?best (way|practices?)( to| for)?\b"
)

# What is asked about a person, and the headings under which a CV says it.
_OF_A_PERSON: tuple[tuple[str, str], ...] = (
    (r"stud(y|ied|ies)|degrees?|universit\w+|school|educat\w+|graduat\w+|thesis|estudi\w+|t[ií]tulos?",
     r"education|studies|academic.*|formaci[oó]n.*|estudios|educaci[oó]n|formation"),
    (r"work(s|ed|ing)?|jobs?|employ\w*|career|positions?|roles?|compan(y|ies)|trabaj\w+|empleos?|puestos?|empresas?",
     r".*experience|employment.*|career.*|experiencia.*|exp[eé]rience.*"),
    (r"programming|technolog\w+|skills?|tools?|habilidades|tecnolog[ií]as?|programaci[oó]n|comp[eé]tences",
     r"(technical )?skills.*|technologies|tools|habilidades|competencias|comp[eé]tences"),
    (r"teach\w*|taught|ense[nñ]a\w*|enseigne", r"teaching|docencia|enseignement"),
    (r"(?<!programming )languages?|speaks?|fluent|idiomas?|lenguas?|hablas?|langues?|parle(nt)?",
     r"languages?( skills)?|idiomas|lenguas|langues"),
    (r"certifi\w+|qualifi\w+|cualificaci\w+", r"certificat\w+|certificados|qualifications|cualificaciones"),
    (r"e-?mail|phone|telephone|contact|reach|correo|tel[eé]fono|contacto|courriel", r"contact.*"),
)  # fmt: skip


STOP = word_set(
    "a an and any are as at be been but by can could did do does for from had has have how i if in into is it its me "
    "must my need needs no not of on or our please properly safely securely should so such than that the their them "
    "then there these they this those to us was we were what when where which who whom whose why will with would you "
    "your "
    "al como con cual cuando de del desde donde el ella en es esta este fue fueron ha hay la las le lo los más mas "
    "para pero por que qué quien se ser si sin sobre son su sus un una unas uno unos y ya cuál cuándo cómo dónde quién "
    "au aux avec ce ces dans des du elle est et il ils je les leur mais nous ou où par pas pour qu que qui sa se ses "
    "son sont sur une vous quel quelle"
)
_GENERAL = word_set(
    "attack attacks attacker attackers technique techniques tactic adversaries adversary cve kev mitre att&ck atomic "
    "list vulnerability vulnerabilities exploit exploits tell show give describe explain work works use uses used "
    "using help helps against about cover covers deal deals steps "
    "ataque ataques explica describe funciona usa usan utiliza utilizan puedo podemos"
)


def answer_type(question: str) -> AnswerType:
    """The type of the answer, by the interrogative that stands first.

    >>> [answer_type(q) for q in ("When was it due?", "¿Quién ganó?", "How do I store passwords?", "What is AAL2?")]
    ['time', 'person', 'method', 'definition']
    """
    lowered = question.casefold()
    best: tuple[int, int, AnswerType] | None = None
    for order, (kind, pattern) in enumerate(_TYPES):
        found = re.search(rf"(?<!\w)(?:{pattern})(?!\w)", lowered)
        if found and (best is None or (found.start(), order) < best[:2]):
            best = (found.start(), order, kind)
    return best[2] if best else "other"


def aspects(question: str) -> tuple[str, ...]:
    """The parts of a record that a question names, in the order of the question.

    >>> aspects("Which controls mitigate T1110 brute force?")
    ('controls', 'action', 'mitigations')
    """
    lowered = question.casefold()
    found = ((name, re.search(rf"(?<![\w-])(?:{pattern})(?!\w)", lowered)) for name, pattern in _ASPECTS)
    return tuple(name for _, name in sorted((match.start(), name) for name, match in found if match))


def section_wanted(question: str, headings: Sequence[str]) -> bool:
    """Whether one of the headings is where a CV answers the question.

    >>> section_wanted("Where did she study?", ["Education"]), section_wanted("What is Kafka?", ["Education"])
    (True, False)
    """
    asked = [heading for pattern, heading in _OF_A_PERSON if re.search(rf"\b(?:{pattern})\b", question, re.IGNORECASE)]
    return any(re.fullmatch(pattern, heading, re.IGNORECASE) for pattern in asked for heading in headings)


def content_words(text: str) -> tuple[str, ...]:
    """The words of a text that carry meaning, case folded.

    >>> content_words("How do I store passwords safely?")
    ('store', 'passwords')
    """
    words = re.findall(r"[^\W_]+(?:[-./'’][^\W_]+)*", text.casefold())
    return tuple(word for word in words if word not in STOP)


def yes_or_no(question: str) -> bool:
    """Whether a question wants a yes or no.

    >>> yes_or_no("Did she work at Google?"), yes_or_no("Where did she work?")
    (True, False)
    """
    verbs = (
        r"do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|may|must|est-ce que|es|son|est[aá]n?|"
        r"hay que|puedo|pueden?|debo|deben?|se (?:puede|debe|permite)|sabe|habla|tiene|ha|han|peut-on|faut-il|dois-je"
    )
    return bool(re.match(rf"\W*(?:{verbs})\b", question, re.IGNORECASE))


def topic(question: str) -> str:
    """The question without the words that only ask: "How long must …", "the best way to …".

    >>> topic("How long must a memorized secret be?")
    'memorized secret'
    """
    rest = re.sub(_MEASURE, " ", question, flags=re.IGNORECASE)
    kept = (word for word in rest.split() if word.strip("¿?¡!.,;:\"'").casefold() not in STOP)
    return " ".join(re.findall(r"\S*\w", " ".join(kept)))


def one_word(text: str) -> str:
    """A text in which what has several spellings has one: logon, sign-in and log-in are a login.

    >>> one_word("Failed log-ons and sign-ins")
    'Failed login and login'
    """
    return re.sub(r"\b(?:log[- ]?ons?|log-ins?|logins|sign-?(?:in|on)s?)\b", "login", text, flags=re.IGNORECASE)


def is_aspect_word(word: str) -> bool:
    """Whether a word only says which part of a record is wanted, or is too general to be a subject.

    >>> is_aspect_word("mitigations"), is_aspect_word("kubernetes")
    (True, False)
    """
    if word in _GENERAL:
        return True
    return any(re.fullmatch(rf"(?:{pattern})", word) for _, pattern in _ASPECTS)
