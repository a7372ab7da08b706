"""Whose kit it is: the organisation, its colours checked, its logo made safe, and the words of each piece."""

from __future__ import annotations

import base64
import datetime as dt
import re
import warnings
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

from parvis.core.vocabulary import Fault, ParvisError, Text
from parvis.rendering import contrast, words
from parvis.rendering.kit.qr import qr_svg

LARGEST_LOGO = 5_000_000  # bytes
_LOGO_SIDE = 480  # pixels: sharp at 15 mm on A4; every piece carries it


@dataclass(frozen=True, slots=True)
class Entry:
    """One place: its name (« Accueil de la mairie »), the address its code leads to, that of its kiosk; "": none."""

    label: str
    url: str
    kiosk_url: str = ""


@dataclass(frozen=True, slots=True)
class Kit:
    """An organisation's kit. `logo` is PNG or JPEG; `accent` is #RRGGBB and is corrected when it cannot be read.

    `place`: whose pieces they are when they are those of one of its entries.
    `banner_url`: the address that banners lead to, when it is counted apart from `url`.
    `frame_url`: the address that other sites may show in a frame, when it is not that of `url` under `cadre/`.
    """

    name: str
    url: str
    edition: str = ""
    language: str = "fr"
    accent: str | None = None
    logo: bytes | None = None
    opens_on: dt.date | None = None
    closes_on: dt.date | None = None
    results_on: dt.date | None = None
    demonstration: bool = False
    entries: tuple[Entry, ...] = ()
    frame_url: str = ""
    banner_url: str = ""
    place: str = ""

    def colours(self) -> contrast.Accent:
        return contrast.accent(self.accent)

    def for_entry(self, entry: Entry) -> Kit:
        """The pieces of one entry: all of them lead to its address, so that none is counted with another's."""
        return replace(self, url=entry.url, place=entry.label, entries=(), frame_url="", banner_url="")

    def whose(self) -> str:
        """
        >>> Kit("Valbrune", "https://exemple.fr/a", place="Accueil").whose()
        'Accueil – Valbrune'
        """
        return _joined(self.place, self.name)

    def framed(self) -> str:
        """The address that other sites may show in a frame; "" when there is none: browsers refuse all our others.

        >>> Kit("Valbrune", "https://avis.exemple.fr/avis/k7m2p9qx/").framed()
        'https://avis.exemple.fr/avis/k7m2p9qx/cadre/'
        >>> Kit("Valbrune", "https://avis.exemple.fr/questionnaire").framed()
        ''
        """
        ours = re.fullmatch(r"(https?://[^\s?#]+/avis/[a-z0-9]+)/?", self.url)
        return self.frame_url or (f"{ours[1]}/cadre/" if ours else "")

    def checked(self) -> Kit:
        """The kit with its logo made safe. Raises ParvisError with every fault of address, colour and logo."""
        apart = [address for entry in self.entries for address in (entry.url, entry.kiosk_url)]
        addresses = (self.url, *filter(None, [self.frame_url, self.banner_url, *apart]))
        faults = [_bad_address(url) for url in addresses if not re.fullmatch(r"https?://[^\s<>\"']{3,900}", url)]
        logo = self.logo
        for check in (self.colours, lambda: safe_logo(self.logo) if self.logo else None):
            try:
                made = check()
                logo = made if isinstance(made, bytes) else logo
            except ParvisError as error:
                faults += error.faults
        if not self.name.strip():
            faults.append(_no_name())
        if faults:
            raise ParvisError(faults)
        return replace(self, logo=logo)


@dataclass(frozen=True, slots=True)
class Said:
    """The words of every piece, in the language of the kit."""

    headline: str
    promise: str
    scan: str
    paper: str
    privacy: str
    edition: str
    action: str
    why: str
    how: str
    reasons: tuple[tuple[str, str], ...]
    qr_alt: str
    screen: str
    screen_beneath: str
    urn: str
    urn_beneath: str
    kiosk_code: str
    demonstration: str | None = field(default=None)


def said(kit: Kit) -> Said:
    """The words of a kit.

    >>> said(Kit("Ville", "https://exemple.fr/a")).headline
    'Comment avez-vous été\\xa0reçu\\u202f?'
    """
    return _in_english(kit) if words.language_of(kit.language) == "en" else _in_french(kit)


def _in_english(kit: Kit) -> Said:
    return Said(
        headline="How were you received?",
        promise="Two questions, two minutes, no account. Your opinion improves our service.",
        scan="Scan me",
        paper="No phone? Ask for the paper form at the desk.",
        privacy="Anonymous. No cookie.",
        edition=_joined(f"Parvis barometer {kit.edition}", _dates(kit)),
        action="Give my opinion",
        why="Why answer?",
        how="How to answer",
        reasons=(
            ("Two minutes, no account", "Two questions are enough; you may say more if you wish."),
            ("Truly anonymous", "No name, no address, no cookie. Nobody can know who answered."),
            ("Read and used", "Your words help to choose what to improve first."),
            ("Compared fairly", f"Results are published with those of comparable services{_from_day(kit)}."),
        ),
        qr_alt=f"QR code that leads to {kit.url}",
        screen="Here, on this screen",
        screen_beneath="Touch the screen to start.",
        urn="Put your form in here",
        urn_beneath="Forms are at the desk. Fold yours before you put it in.",
        kiosk_code="To open on the tablet of the kiosk",
        demonstration="DEMONSTRATION – invented data" if kit.demonstration else None,
    )


def _in_french(kit: Kit) -> Said:
    return Said(
        headline="Comment avez-vous été\u00a0reçu\u202f?",
        promise="Deux questions, deux minutes, sans compte. Votre avis améliore notre service.",
        scan="Scannez-moi",
        paper="Pas de téléphone\u202f? Demandez le questionnaire papier à l’accueil.",
        privacy="Anonyme. Aucun cookie.",
        edition=_joined(f"Baromètre Parvis {kit.edition}", _dates(kit)),
        action="Donner mon avis",
        why="Pourquoi répondre\u202f?",
        how="Comment répondre",
        reasons=(
            ("Deux minutes, sans compte", "Deux questions suffisent\u202f; vous pouvez en dire plus."),
            ("Vraiment anonyme", "Ni nom, ni adresse, ni cookie. Personne ne peut savoir qui a répondu."),
            ("Lu et utile", "Vos réponses aident à choisir ce qu’il faut améliorer d’abord."),
            ("Comparé justement", f"Les résultats sont publiés avec ceux de services comparables{_from_day(kit)}."),
        ),
        qr_alt=f"QR code qui mène à {kit.url}",
        screen="Ici, sur cet écran",
        screen_beneath="Touchez l’écran pour commencer.",
        urn="Déposez ici votre questionnaire",
        urn_beneath="Les questionnaires sont à l’accueil. Pliez le vôtre avant de le déposer.",
        kiosk_code="À ouvrir sur la tablette de la borne",
        demonstration="DÉMONSTRATION – données fictives" if kit.demonstration else None,
    )


def _joined(*parts: str) -> str:
    return " – ".join(part.strip() for part in parts if part.strip())


def template_data(kit: Kit) -> dict[str, Any]:
    """What every template of the kit reads."""
    spoken, colours = said(kit), kit.colours()
    return {
        "title": f"{spoken.headline} – {kit.whose()}",
        "language": words.language_of(kit.language),
        "author": kit.name,
        "name": kit.name,
        "place": kit.place,
        "accent": colours.colour,
        "on_accent": colours.on_colour,
        "logo": logo_svg(kit.logo) if kit.logo else None,
        "logo_alt": f"Logo – {kit.name}",
        "qr": qr_svg(kit.url),
        "qr_alt": spoken.qr_alt,
        "url_shown": shown_url(kit.url),
        "url_size": 8.0 if len(shown_url(kit.url)) < 32 else 5.2 if len(shown_url(kit.url)) < 60 else 3.6,
        "headline": spoken.headline,
        "headline_size": 17.5,
        "promise": spoken.promise,
        "scan": spoken.scan,
        "paper": spoken.paper,
        "privacy": spoken.privacy,
        "edition": spoken.edition,
        "action": spoken.action,
        "why": spoken.why,
        "how": spoken.how,
        "reasons": [list(pair) for pair in spoken.reasons],
        "demonstration": spoken.demonstration,
    }


def shown_url(url: str) -> str:
    """An address as people type it.

    >>> shown_url("https://exemple.fr/r/AB12/")
    'exemple.fr/r/AB12'
    """
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc}{parts.path.rstrip('/')}{query}"


def safe_logo(logo: bytes) -> bytes:
    """The logo as a PNG of at most 480 pixels a side, without metadata; only PNG and JPEG are taken.

    Raises ParvisError for another kind, a damaged or an unreasonably large picture.
    """
    try:
        if len(logo) > LARGEST_LOGO:
            raise ParvisError(_bad_logo())
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(logo), formats=("PNG", "JPEG"))
            picture.load()
            clean = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
            Image.DecompressionBombWarning) as error:  # fmt: skip
        raise ParvisError(_bad_logo()) from error
    clean.thumbnail((_LOGO_SIDE, _LOGO_SIDE))
    bare = Image.new("RGBA", clean.size)  # pixels only: what travelled beside them stays behind
    bare.paste(clean)
    out = BytesIO()
    opaque = bare.getchannel("A").getextrema() == (255, 255)
    (bare.convert("RGB") if opaque else bare).save(out, "PNG")  # without a veil of nothing, pieces are lighter
    return out.getvalue()


def logo_svg(png: bytes) -> str:
    """A PNG as an SVG that holds it, which is how templates receive pictures."""
    with Image.open(BytesIO(png)) as picture:
        width, height = picture.size
    data = base64.b64encode(png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )


def _from_day(kit: Kit) -> str:
    if kit.results_on is None:
        return ""
    since = "from" if words.language_of(kit.language) == "en" else "à partir du"
    return f", {since} {words.day(kit.results_on, kit.language)}"


def _dates(kit: Kit) -> str:
    if kit.opens_on and kit.closes_on:
        return words.period(kit.opens_on, kit.closes_on, kit.language)
    if kit.closes_on:
        until = "until" if words.language_of(kit.language) == "en" else "jusqu’au"
        return f"{until} {words.day(kit.closes_on, kit.language)}"
    return ""


def _bad_address(url: str) -> Fault:
    return Fault(
        "address_unreadable",
        Text(f"l’adresse « {url} » n’est pas une adresse du web.", f"the address “{url}” is not a web address."),
        Text("Donnez une adresse qui commence par https://.", "Give an address that starts with https://."),
    )


def _bad_logo() -> Fault:
    return Fault(
        "logo_unreadable",
        Text("le logo ne se lit pas ou dépasse 5 Mo.", "the logo cannot be read or is larger than 5 MB."),
        Text("Donnez une image PNG ou JPEG.", "Give a PNG or JPEG picture."),
    )


def _no_name() -> Fault:
    return Fault(
        "name_absent",
        Text("le nom de la structure manque.", "the organisation's name is missing."),
        Text("Écrivez-le comme il doit figurer sur l’affiche.", "Write it as it must stand on the poster."),
    )
