"""The messages that accounts send, in the person's language, or in that of the server."""

from __future__ import annotations

from vedette.accounts.office import Rules
from vedette.records import Mail, Person

Text = tuple[str, str]

FORGOT: dict[str, Text] = {
    "en": (
        "Set a new password",
        "Somebody, perhaps you, asked for a new password for your account on {page}.\n\nThis link sets one. It works "
        "once, for 30 minutes:\n{link}\n\nIf it was not you, do nothing: your password stays as it is.\n",
    ),
    "es": (
        "Elija una contraseña nueva",
        "Alguien, quizá usted, ha pedido una contraseña nueva para su cuenta en {page}.\n\nEste enlace permite "
        "elegirla. Funciona una sola vez, durante 30 minutos:\n{link}\n\nSi no ha sido usted, no haga nada: su "
        "contraseña sigue igual.\n",
    ),
    "fr": (
        "Choisissez un nouveau mot de passe",
        "Quelqu'un, peut-être vous, a demandé un nouveau mot de passe pour votre compte sur {page}.\n\nCe lien permet "
        "de le choisir. Il fonctionne une seule fois, pendant 30 minutes :\n{link}\n\nSi ce n'était pas vous, ne "
        "faites rien : votre mot de passe ne change pas.\n",
    ),
}
CHANGED: dict[str, Text] = {
    "en": (
        "Your password was changed",
        "The password of your account on {page} was changed and all sessions were ended.\n\nIf it was not you, ask for "
        "a new password at once.\n",
    ),
    "es": (
        "Su contraseña ha cambiado",
        "La contraseña de su cuenta en {page} ha cambiado y todas las sesiones se han cerrado.\n\nSi no ha sido usted, "
        "pida una contraseña nueva de inmediato.\n",
    ),
    "fr": (
        "Votre mot de passe a été changé",
        "Le mot de passe de votre compte sur {page} a été changé et toutes les sessions ont été fermées.\n\nSi ce "
        "n'était pas vous, demandez tout de suite un nouveau mot de passe.\n",
    ),
}
AGAIN: dict[str, Text] = {
    "en": (
        "You have an account already",
        "Somebody, perhaps you, tried to register your address on {page}, where you have an account already.\n\nIf you "
        "forgot the password, ask for a new one there. If it was not you, do nothing.\n",
    ),
    "es": (
        "Ya tiene una cuenta",
        "Alguien, quizá usted, ha intentado registrar su dirección en {page}, donde ya tiene una cuenta.\n\nSi ha "
        "olvidado la contraseña, pida allí una nueva. Si no ha sido usted, no haga nada.\n",
    ),
    "fr": (
        "Vous avez déjà un compte",
        "Quelqu'un, peut-être vous, a voulu inscrire votre adresse sur {page}, où vous avez déjà un compte.\n\nSi vous "
        "avez oublié le mot de passe, demandez-en un nouveau là-bas. Si ce n'était pas vous, ne faites rien.\n",
    ),
}


def reset_url(page: str, token: str) -> str:
    """The page that sets a new password. Behind the # so that no server and no proxy writes the token to its log."""
    return f"{page}/reset#token={token}"


def forgot(person: Person, rules: Rules, token: str) -> Mail:
    """The link that sets a new password."""
    return _mail(person, FORGOT, rules, reset_url(rules.page, token))


def changed(person: Person, rules: Rules) -> Mail:
    """A notice after the fact."""
    return _mail(person, CHANGED, rules)


def registered_again(person: Person, rules: Rules) -> Mail:
    """For whoever has an account when somebody registers their address."""
    return _mail(person, AGAIN, rules)


def _mail(person: Person, texts: dict[str, Text], rules: Rules, link: str = "") -> Mail:
    subject, text = texts.get((person.language or rules.language)[:2], texts["en"])
    return Mail(person.email, f"Vedette: {subject}", text.format(page=rules.page, link=link))
