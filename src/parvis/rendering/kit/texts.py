"""Pieces made of words: posts for social networks, e-mail signature, embed code, launch letter and press note."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path

from parvis.rendering import words
from parvis.rendering.kit.subject import Entry, Kit, said

_WORDING = Path(__file__).resolve().parent / "wording"
# network -> most signs in a post
NETWORKS = {"X": 280, "Bluesky": 300, "Mastodon": 500, "Facebook": 2000, "Instagram": 2200, "LinkedIn": 3000}


def posts(kit: Kit, language: str) -> dict[str, str]:
    """A post for each network, within its limit: the long one, else the short one, else the address alone."""
    written = [*(_filled(name, kit, language) for name in ("post", "short_post")), kit.url]
    return {
        network: next((text for text in written if len(text) <= most), kit.url) for network, most in NETWORKS.items()
    }


def posts_text(kit: Kit, picture_of: Callable[[str], str]) -> str:
    """The posts in the language of the kit, each with the picture to join, one file to copy from."""
    join, colon = ("picture", ":") if words.language_of(kit.language) == "en" else ("image", "\u00a0:")
    told = posts(kit, kit.language).items()
    return "\n".join(f"--- {network} ({join}{colon} {picture_of(network)})\n{text}\n" for network, text in told)


def signature(kit: Kit) -> str:
    """A line for e-mail signatures: a table and inline styles, which mail programs keep; no outside picture."""
    spoken, colours = said(kit), kit.colours()
    place = f"{escape(kit.place)}<br>" if kit.place else ""
    return (
        f'<table role="presentation" cellpadding="0" cellspacing="0" lang="{words.language_of(kit.language)}" '
        'style="border-collapse:collapse;font-family:Arial,sans-serif;font-size:14px;line-height:1.4"><tr>'
        f'<td style="border-left:4px solid {colours.colour};padding:4px 0 4px 12px;color:#1D2B38">'
        f"<strong>{escape(spoken.headline)}</strong><br>{place}{escape(spoken.promise)}<br>"
        f'<a href="{escape(kit.url)}" style="color:{colours.colour};font-weight:bold">{escape(spoken.action)}</a>'
        "</td></tr></table>\n"
    )


def embed(kit: Kit) -> str:
    """HTML to paste in a website: the questionnaire framed when it has an address that may be, and a plain link."""
    spoken, colours = said(kit), kit.colours()
    english = words.language_of(kit.language) == "en"
    address, frame = escape(kit.url), kit.framed()
    # a page may hold the buttons and frames of several places: each says which
    action, title = (escape(" – ".join(filter(None, [each, kit.place]))) for each in (spoken.action, spoken.headline))
    framed = "The questionnaire in the page" if english else "Le questionnaire dans la page"
    linked = "A button that leads to it" if english else "Un bouton qui y mène"
    look = (
        f"display:inline-block;padding:14px 22px;border-radius:6px;background:{colours.colour};"
        f"color:{colours.on_colour};font-weight:bold;text-decoration:none"
    )
    inside = (
        f"<!-- {framed} -->\n"
        f'<iframe src="{escape(frame)}" title="{title}" width="100%" height="960" loading="lazy"\n'
        f'  referrerpolicy="no-referrer" style="border:0;max-width:640px"></iframe>\n\n'
        if frame
        else ""
    )
    return f'{inside}<!-- {linked} -->\n<a href="{address}" style="{look}">{action}</a>\n'


def banners(kit: Kit, sizes: Sequence[tuple[int, int]]) -> str:
    """HTML of each banner, to paste beside the picture's file: it leads to the address at which banners are counted."""
    spoken, address = said(kit), escape(kit.banner_url or kit.url)
    alt = escape(f"{spoken.headline} {spoken.action} – {kit.whose()}")
    return "\n".join(
        f'<!-- {width} × {height} -->\n<a href="{address}"><img src="banniere-{width}x{height}.svg" alt="{alt}"'
        f' width="{width}" height="{height}" style="border:0;max-width:100%;height:auto"></a>\n'
        for width, height in sizes
    )


def launch_letter(kit: Kit) -> bytes:
    """A letter from the organisation to its staff and partners, RTF, to adapt."""
    return _rtf(_filled("letter", kit, kit.language))


def press_note(kit: Kit) -> bytes:
    """A note for the local press, RTF, to adapt."""
    return _rtf(_filled("press", kit, kit.language))


def index(kit: Kit, folders: Sequence[tuple[str, Entry]]) -> str:
    """What each file is for, which folder is whose, and what was done to the colour."""
    english, colours = words.language_of(kit.language) == "en", kit.colours()
    told = [_filled(name, kit, kit.language) for name in ("index", "index_pieces", "index_body")]
    if folders:
        told.append(f"{_filled('index_places', kit, kit.language)}\n{_of_folders(folders, english=english)}")
    if colours.corrected and kit.accent:
        told.append(
            f"Your colour {colours.given} became {colours.colour} so that everyone can read."
            if english
            else f"Votre couleur {colours.given} est devenue {colours.colour} pour que chacun puisse lire."
        )
    return "\n\n".join(told) + "\n"


def place_index(kit: Kit, entry: Entry) -> str:
    """What each file of a place's folder is for: only of the ways in that it has."""
    names = ["index_place", *(["index_pieces"] if entry.url else []), *(["index_kiosk"] if entry.kiosk_url else [])]
    told = "\n\n".join(_filled(name, kit, kit.language) for name in names)
    return f"{told.replace('{kiosk}', entry.kiosk_url)}\n"


def _of_folders(folders: Sequence[tuple[str, Entry]], *, english: bool) -> str:
    colon, kiosk = (":", "kiosk") if english else ("\u00a0:", "borne")
    lines = []
    for folder, entry in folders:
        addresses = filter(None, [entry.url, entry.kiosk_url and f"{kiosk} {entry.kiosk_url}"])
        lines.append(f"{folder}/{colon} {entry.label} – {' – '.join(addresses)}")
    return "\n".join(lines)


def _filled(name: str, kit: Kit, language: str) -> str:
    tongue = words.language_of(language)
    when = until = ""
    if kit.opens_on and kit.closes_on:
        span = words.period(kit.opens_on, kit.closes_on, language)
        when = f"{span[0].upper()}{span[1:]}, "
    if kit.closes_on:
        until = f" {'until' if tongue == 'en' else 'jusqu’au'} {words.day(kit.closes_on, language)}"
    places = {
        "name": kit.name, "url": kit.url, "edition": kit.edition, "when": when, "until": until, "place": kit.place,
        "of_place": f"\n{kit.place}" if kit.place else "", "at_place": f" ({kit.place})" if kit.place else "",
        "banner": kit.banner_url or kit.url, "frame": kit.framed() or kit.url,
    }  # fmt: skip
    text = _wording(name, tongue)
    for place, value in places.items():  # one by one: a name may hold braces
        text = text.replace(f"{{{place}}}", value)
    return _capitals(text) if not when else text


def _capitals(text: str) -> str:
    """A sentence that lost its opening date keeps its capital."""
    return ". ".join(part[:1].upper() + part[1:] for part in text.split(". "))


@lru_cache(maxsize=32)
def _wording(name: str, language: str) -> str:
    return (_WORDING / f"{name}.{language}.txt").read_text("utf-8").strip()


def _rtf(text: str) -> bytes:
    title, *paragraphs = text.split("\n\n")
    body = "".join(f"{_rtf_words(paragraph)}\\par\\par\n" for paragraph in paragraphs)
    head = "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}\\f0\\fs22\n"
    return f"{head}{{\\b\\fs30 {_rtf_words(title)}}}\\par\\par\n{body}}}\n".encode("ascii")


def _rtf_words(text: str) -> str:
    """Words in RTF: its three signs escaped, everything beyond ASCII as a 16-bit number.

    >>> _rtf_words("été {a}")
    '\\\\u233?t\\\\u233? \\\\{a\\\\}'
    """
    out = []
    for sign in text:
        if sign in "\\{}":
            out.append(f"\\{sign}")
        elif sign.isascii():
            out.append(sign)
        else:
            units = sign.encode("utf-16-le")
            numbers = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
            out += [f"\\u{number}?" for number in numbers]
    return "".join(out)
