"""Counter codes on paper: slips to cut, each with its own code. PDF/UA-1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from parvis.rendering import paper, words
from parvis.rendering.kit.qr import qr_svg
from parvis.rendering.kit.subject import Kit, template_data

_A_PAGE = 12
_FIRST_PAGE = 10  # its heading takes the place of two


def code_slips(kit: Kit, codes: Sequence[str], *, batch: int) -> bytes:
    """Slips of one batch, in the order given; each QR leads to the address with the code behind `#`.

    What stands behind `#` is told to no server, so that no log holds a code.
    """
    return paper.pdf("codes", slips_data(kit, codes, batch=batch))


def slips_data(kit: Kit, codes: Sequence[str], *, batch: int) -> dict[str, Any]:
    """What the template of the slips reads."""
    english = words.language_of(kit.language) == "en"
    said, size = _english(kit, batch) if english else _french(kit, batch), len(codes)
    slips = [{"code": code, "qr": qr_svg(f"{kit.url}#{code}"), "alt": f"{said['alt']} {code}"} for code in codes]
    starts = range(_FIRST_PAGE, size, _A_PAGE)
    groups = [slips[:_FIRST_PAGE], *(slips[start : start + _A_PAGE] for start in starts)]
    told = {name: text.replace("{size}", str(size)) for name, text in said.items()}
    return {**template_data(kit), **told, "title": f"{told['heading']} – {kit.name}", "groups": groups}


def _french(kit: Kit, batch: int) -> dict[str, str]:
    return {
        "heading": f"Codes de guichet, série {batch}",
        "sheet": f"{kit.name} – série {batch} – {{size}} codes",
        "explained": "Découpez, puis remettez un papier à chaque personne reçue. Ces codes ne seront plus jamais "
        "affichés : gardez les feuilles comme des billets.",
        "label": "Votre code",
        "type_at": "Scannez, ou tapez l’adresse puis le code :",
        "once": "Un code, un avis. Effacé dès qu’il sert, rien ne le relie à votre réponse.",
        "alt": "QR code du questionnaire, avec le code",
    }


def _english(kit: Kit, batch: int) -> dict[str, str]:
    return {
        "heading": f"Counter codes, batch {batch}",
        "sheet": f"{kit.name} – batch {batch} – {{size}} codes",
        "explained": "Cut, then hand one slip to each person received. These codes will never be shown again: keep "
        "the sheets as you would keep tickets.",
        "label": "Your code",
        "type_at": "Scan, or type the address and then the code:",
        "once": "One code, one answer. Erased once used: nothing ties it to what you say.",
        "alt": "QR code of the questionnaire, with the code",
    }
