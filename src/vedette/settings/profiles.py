"""Profiles: named sets of defaults, below the file and the environment, which still change any one of them.

Which one holds: flag > `VEDETTE_PROFILE` > `profile = "…"` at the top of `vedette.toml`; none by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vedette.errors import SettingsError

Values = Mapping[str, bool | int | float | str]

PROFILES: Mapping[str, Values] = MappingProxyType(
    {
        # A school's small server, 2 cores and 4 GB: students register and ask, in the language of the course.
        "course": {
            "accounts.sign_in": True,
            "accounts.registration": "reader",
            "server.language": "es",
            "embed.workers": 1,
            "cache.megabytes": 8,
            "questions.workers": 1,
        }
    }
)
PROFILE_HELP = f"Set of other defaults, one of {', '.join(PROFILES)}; `profile` at the top of the file."


def defaults_of(profile: str, where: str) -> Values:
    """The defaults that a profile sets, by `section.name`; none for no profile. Raises SettingsError naming all.

    >>> defaults_of("course", "the environment")["server.language"]
    'es'
    """
    if profile and profile not in PROFILES:
        raise SettingsError(f"There is no profile '{profile}', named in {where}; there is {', '.join(PROFILES)}.")
    return PROFILES[profile] if profile else {}
