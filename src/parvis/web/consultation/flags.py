"""What each flag is called on screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from parvis.web.consultation.qualification import Flag

FLAG_NAMES = {
    Flag.TRAP: gettext_lazy("champ invisible rempli"),
    Flag.TOO_FAST: gettext_lazy("trop rapide"),
    Flag.CROWDED: gettext_lazy("adresse très utilisée"),
    Flag.FLOOD: gettext_lazy("adresse saturée"),
    Flag.BURST: gettext_lazy("rafale"),
    Flag.DUPLICATE_TEXT: gettext_lazy("texte identique à un autre"),
    Flag.STRAIGHT_LINED: gettext_lazy("même note partout"),
    Flag.NIGHT: gettext_lazy("de nuit"),
    Flag.STAFF_NETWORK: gettext_lazy("réseau des agents"),
    Flag.NO_CODE: gettext_lazy("sans code de guichet"),
    Flag.NO_WORK: gettext_lazy("sans le calcul demandé"),
}


def flag_names() -> dict[str, str]:
    """The name of each flag in the reader's language."""
    return {str(flag): str(name) for flag, name in FLAG_NAMES.items()}
