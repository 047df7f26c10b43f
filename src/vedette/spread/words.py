"""forecast -> answer: the numbers with their intervals, in English, Spanish or French, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from vedette.records import Band, Containment, Forecast, HostRisk, JewelTime
from vedette.spread.asked import last_day

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
SHOWN_HOSTS, SHOWN_JEWELS, SHOWN_ASSUMED = 5, 5, 8
BARS = "▁▂▃▄▅▆▇█"
NETWORK = "s1"
"""The source that the network is: whatever is computed from it carries its marker."""

EN = {
    "head": "If {sources} is compromised{through}, by {day} ({days} days):",
    "heads": "If {sources} are compromised{through}, by {day} ({days} days):",
    "through": " through {cve}",
    "changed": "With these changes: {changes}.",
    "isolate": "{host} isolated",
    "patch": "{cve} patched",
    "total": "**{mean} hosts** are expected to be compromised (80 %: {low80} to {high80}; 95 %: {low95} to {high95}).",
    "hosts": "Most at risk:",
    "host": "{host}: {p} (95 %: {low} to {high})",
    "jewels": "Crown jewels:",
    "jewel": "{host}: falls with a probability of {p} (95 %: {low} to {high}){when}",
    "when": ", as early as day {p10} in one case of ten",
    "focus": "{host}: compromised with a probability of {p} (95 %: {low} to {high}).",
    "safe": "{host}: was reached in none of the simulated courses.",
    "course": "| day | expected | 80 % | 95 % |",
    "measures_host": "Isolate first:",
    "measures_cve": "Patch first:",
    "measure": "{target}: {gain} hosts fewer",
    "together": "Together: {before} expected hosts become {after}, {drop} fewer (95 %: {low} to {high}), on worlds "
    "that the choice was not made on.",
    "nothing": "No measure that is allowed would help.",
    "busiest": "As many of the best connected hosts instead would leave {after}.",
    "known": "What the library says of {cve}: {quote} [{source}]",
    "levers": "What would change it most:",
    "assumed": "What this assumes:",
}
ES = {
    "head": "Si {sources} queda comprometido{through}, hasta el {day} ({days} días):",
    "heads": "Si {sources} quedan comprometidos{through}, hasta el {day} ({days} días):",
    "through": " por {cve}",
    "changed": "Con estos cambios: {changes}.",
    "isolate": "{host} aislado",
    "patch": "{cve} parcheado",
    "total": "Se esperan **{mean} equipos** comprometidos (80 %: de {low80} a {high80}; 95 %: de {low95} a {high95}).",
    "hosts": "En mayor riesgo:",
    "host": "{host}: {p} (95 %: de {low} a {high})",
    "jewels": "Activos más críticos:",
    "jewel": "{host}: cae con una probabilidad de {p} (95 %: de {low} a {high}){when}",
    "when": ", ya el día {p10} en uno de cada diez casos",
    "focus": "{host}: comprometido con una probabilidad de {p} (95 %: de {low} a {high}).",
    "safe": "{host}: no fue alcanzado en ninguno de los cursos simulados.",
    "course": "| día | esperados | 80 % | 95 % |",
    "measures_host": "Aislar primero:",
    "measures_cve": "Parchear primero:",
    "measure": "{target}: {gain} equipos menos",
    "together": "En conjunto: de {before} equipos esperados quedan {after}, {drop} menos (95 %: de {low} a {high}), en "
    "mundos con los que no se eligió.",
    "nothing": "Ninguna medida permitida ayudaría.",
    "busiest": "Con otros tantos de los equipos mejor conectados quedarían {after}.",
    "known": "Lo que dice la biblioteca de {cve}: {quote} [{source}]",
    "levers": "Lo que más lo cambiaría:",
    "assumed": "Lo que esto supone:",
}
FR = {
    "head": "Si {sources} est compromis{through}, d'ici le {day} ({days} jours) :",
    "heads": "Si {sources} sont compromis{through}, d'ici le {day} ({days} jours) :",
    "through": " par {cve}",
    "changed": "Avec ces changements : {changes}.",
    "isolate": "{host} isolé",
    "patch": "{cve} corrigé",
    "total": "On attend **{mean} hôtes** compromis (80 % : de {low80} à {high80} ; 95 % : de {low95} à {high95}).",
    "hosts": "Les plus menacés :",
    "host": "{host} : {p} (95 % : de {low} à {high})",
    "jewels": "Actifs les plus critiques :",
    "jewel": "{host} : tombe avec une probabilité de {p} (95 % : de {low} à {high}){when}",
    "when": ", dès le jour {p10} dans un cas sur dix",
    "focus": "{host} : compromis avec une probabilité de {p} (95 % : de {low} à {high}).",
    "safe": "{host} : n'a été atteint dans aucun des cours simulés.",
    "course": "| jour | attendus | 80 % | 95 % |",
    "measures_host": "Isoler d'abord :",
    "measures_cve": "Corriger d'abord :",
    "measure": "{target} : {gain} hôtes de moins",
    "together": "Ensemble : de {before} hôtes attendus il en reste {after}, {drop} de moins (95 % : de {low} à "
    "{high}), sur des mondes qui n'ont pas servi au choix.",
    "nothing": "Aucune mesure permise n'aiderait.",
    "busiest": "Isoler à leur place autant d'hôtes, les mieux connectés, en laisserait {after}.",
    "known": "Ce que la bibliothèque dit de {cve} : {quote} [{source}]",
    "levers": "Ce qui le changerait le plus :",
    "assumed": "Ce que cela suppose :",
}
PHRASES: Mapping[str, Mapping[str, str]] = {"en": EN, "es": ES, "fr": FR}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What was found out for a question."""

    forecast: Forecast
    containment: Containment | None = None
    focus: tuple[str, ...] = ()


def answer_text(outlook: Outlook, language: str, today: date) -> str:
    """Markdown with markers of the forecast's sources; English where the language is none of ours."""
    say = PHRASES.get(language, EN)
    parts = [_head(outlook.forecast, say, today), *_focus(outlook, say), _course(outlook.forecast, say)]
    parts += [_hosts(outlook.forecast, say), _jewels(outlook.forecast, say)]
    if outlook.containment is not None:
        parts.append(_measures(outlook.containment, say))
    parts += [_known(outlook.forecast, say)]
    parts.append(_listed(say["levers"], tuple(_marked(lever) for lever in outlook.forecast.levers)))
    parts.append(_listed(say["assumed"], outlook.forecast.assumptions[:SHOWN_ASSUMED]))
    return "\n\n".join(part for part in parts if part)


def _head(made: Forecast, say: Mapping[str, str], today: date) -> str:
    scenario = made.scenario
    through = say["through"].format(cve=scenario.cve) if scenario.cve else ""
    head = say["head" if len(scenario.sources) == 1 else "heads"].format(
        sources=", ".join(scenario.sources),
        through=through,
        day=last_day(scenario.days, today).isoformat(),
        days=scenario.days,
    )
    changes = scenario.changes
    told = [say["isolate"].format(host=host) for host in changes.isolate]
    told += [say["patch"].format(cve=cve) for cve in changes.patch]
    lines = [head, say["changed"].format(changes=", ".join(told))] if told else [head]
    return "\n\n".join([*lines, _marked(say["total"].format(**_band(made.total[-1])))])


def _focus(outlook: Outlook, say: Mapping[str, str]) -> list[str]:
    risks = {risk.host: risk for risk in outlook.forecast.hosts}
    told = (
        say["focus"].format(**_risk(risks[host])) if host in risks else say["safe"].format(host=host)
        for host in outlook.focus
    )
    return [_marked(line) for line in told]


def _course(made: Forecast, say: Mapping[str, str]) -> str:
    """The chart for doors that show text: a line of bars, and the numbers."""
    most = max(band.high80 for band in made.total) or 1.0
    bars = "".join(BARS[min(len(BARS) - 1, int(band.mean / most * len(BARS)))] for band in made.total)
    step = max(1, (len(made.days) - 1) // 7)
    shown = sorted({*range(0, len(made.days), step), len(made.days) - 1})
    rows = [
        f"| {made.days[at]:g} | {_count(band.mean)} | {_count(band.low80)}–{_count(band.high80)} "
        f"| {_count(band.low95)}–{_count(band.high95)} |"
        for at, band in ((at, made.total[at]) for at in shown)
    ]
    return "\n".join([f"`{bars}`", "", say["course"], "| ---: | ---: | ---: | ---: |", *rows])


def _hosts(made: Forecast, say: Mapping[str, str]) -> str:
    others = [risk for risk in made.hosts if risk.host not in made.scenario.sources][:SHOWN_HOSTS]
    return _listed(say["hosts"], tuple(_marked(say["host"].format(**_risk(risk))) for risk in others))


def _jewels(made: Forecast, say: Mapping[str, str]) -> str:
    return _listed(say["jewels"], tuple(_jewel(jewel, say) for jewel in made.jewels[:SHOWN_JEWELS]))


def _jewel(jewel: JewelTime, say: Mapping[str, str]) -> str:
    when = say["when"].format(p10=f"{jewel.p10:.1f}") if jewel.p10 is not None else ""
    low, high = 1 - jewel.never_high, 1 - jewel.never_low
    told = {"host": jewel.host, "p": percent(1 - jewel.never), "low": percent(low), "high": percent(high)}
    return _marked(say["jewel"].format(**told, when=when))


def _measures(found: Containment, say: Mapping[str, str]) -> str:
    if not found.measures:
        return _marked(say["nothing"])
    listed = tuple(_marked(say["measure"].format(target=one.target, gain=_count(one.gain))) for one in found.measures)
    lines = [_listed(say[f"measures_{found.wish.by}"], listed, ordered=True)]
    drop = found.drop
    lines.append(
        _marked(
            say["together"].format(
                before=_count(found.before.mean),
                after=_count(found.after.mean),
                drop=_count(drop.mean),
                low=_count(drop.low95),
                high=_count(drop.high95),
            )
        )
    )
    if found.busiest is not None:
        lines.append(_marked(say["busiest"].format(after=_count(found.busiest.mean))))
    return "\n\n".join(lines)


def _known(made: Forecast, say: Mapping[str, str]) -> str:
    cve = made.scenario.cve
    named = [source for source in made.sources if not cve or cve in source.title or cve in source.source]
    # Addresses stay with the source: what an answer says leads nowhere else.
    quoted = ((source, " ".join(_ADDRESS.sub("…", source.quote).split())) for source in named[:2])
    return "\n\n".join(
        say["known"].format(cve=cve or source.title.split()[0], quote=quote, source=source.id)
        for source, quote in quoted
    )


def _listed(head: str, lines: tuple[str, ...], ordered: bool = False) -> str:
    if not lines:
        return ""
    marks = [f"{number}." if ordered else "-" for number in range(1, len(lines) + 1)]
    return "\n".join([head, "", *(f"{mark} {line}" for mark, line in zip(marks, lines, strict=True))])


def _marked(line: str) -> str:
    return f"{line} [{NETWORK}]"


def _risk(risk: HostRisk) -> dict[str, str]:
    return {
        "host": risk.host,
        "p": percent(risk.probability[-1]),
        "low": percent(risk.low[-1]),
        "high": percent(risk.high[-1]),
    }


def _band(band: Band) -> dict[str, str]:
    names = ("mean", "low80", "high80", "low95", "high95")
    return {name: _count(getattr(band, name)) for name in names}


def percent(share: float) -> str:
    """A probability as whole per cent; what is not quite sure is not rounded to it.

    >>> percent(0.4567), percent(0.9999), percent(0.0001), percent(1.0)
    ('46 %', '> 99 %', '< 1 %', '100 %')
    """
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{share * 100:.0f} %"


def _count(number: float) -> str:
    return f"{number:.0f}" if number >= 10 or number == int(number) else f"{number:.1f}"
