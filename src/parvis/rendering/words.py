"""How figures and words are said to people, in French and in English."""

from __future__ import annotations

import datetime as dt
import math
from enum import StrEnum
from typing import Literal

from parvis.core.vocabulary import Reason, Status, Text
from parvis.rendering.labels import LABELS

THIN = "\u202f"  # narrow no-break space: groups of thousands, before ; ? ! % in French
HARD = "\u00a0"  # no-break space: before : and inside « »
MINUS = "−"
Unit = Literal["score", "share", "number"]

_MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def language_of(tag: str | None) -> str:
    """`en` for any English tag, `fr` for everything else.

    >>> language_of("en-GB"), language_of("fr"), language_of(None)
    ('en', 'fr', 'fr')
    """
    return "en" if (tag or "").lower().startswith("en") else "fr"


def number(value: float | None, decimals: int = 0, language: str = "fr") -> str:
    """A number as people write it; an em dash when there is none.

    `value` in any unit, halves rounded away from zero; groups of thousands from 1 000.

    >>> number(1248), number(73.45, 1), number(-0.04, 1), number(None)
    ('1\\u202f248', '73,5', '0,0', '—')
    >>> number(1248.5, 1, "en")
    '1,248.5'
    """
    if value is None or math.isnan(value):
        return "—"
    scale = 10**decimals
    # the tiny nudge makes 73.45, stored as 73.4500000000000028, and 2.675, stored as 2.67499…, round alike
    whole = math.floor(abs(value) * scale + 0.5 + 1e-9)
    units, rest = divmod(whole, scale)
    group, point = (THIN, ",") if language_of(language) == "fr" else (",", ".")
    digits = f"{units:,}".replace(",", group) + (f"{point}{rest:0{decimals}d}" if decimals else "")
    return f"{MINUS}{digits}" if value < 0 and whole else digits


def signed(value: float | None, decimals: int = 1, language: str = "fr") -> str:
    """A difference with its sign: the plus is written, zero has none.

    >>> signed(2.34), signed(-2.34), signed(0)
    ('+2,3', '−2,3', '0,0')
    """
    written = number(value, decimals, language)
    return f"+{written}" if value is not None and value > 0 and any(c in "123456789" for c in written) else written


def percent(share: float | None, decimals: int = 1, language: str = "fr") -> str:
    """A share between 0 and 1 as a percentage.

    >>> percent(0.734), percent(0.734, language="en"), percent(None)
    ('73,4\\u202f%', '73.4%', '—')
    """
    if share is None:
        return "—"
    written = number(share * 100, decimals, language)
    return f"{written}{THIN}%" if language_of(language) == "fr" else f"{written}%"


def score(value: float | None, language: str = "fr") -> str:
    """A score between 0 and 100, one decimal: « 73,4 sur 100 ».

    >>> score(73.44), score(73.44, "en")
    ('73,4 sur 100', '73.4 out of 100')
    """
    if value is None:
        return "—"
    return f"{number(value, 1, language)}{' out of 100' if language_of(language) == 'en' else ' sur 100'}"


def interval(low: float | None, high: float | None, decimals: int = 1, language: str = "fr") -> str:
    """« entre 69,0 et 77,8 »; nothing at all when either end is unknown.

    >>> interval(69, 77.8), interval(None, 77.8)
    ('entre 69,0 et 77,8', '')
    """
    if low is None or high is None:
        return ""
    ends = number(low, decimals, language), number(high, decimals, language)
    return f"between {ends[0]} and {ends[1]}" if language_of(language) == "en" else f"entre {ends[0]} et {ends[1]}"


def counted(n: int | None, one: Text, many: Text, language: str = "fr") -> str:
    """A count with its noun; French keeps the singular for 0 and 1, English for 1 alone.

    >>> counted(24, CONTACT, CONTACTS), counted(0, CONTACT, CONTACTS), counted(0, CONTACT, CONTACTS, "en")
    ('24\\xa0contacts', '0\\xa0contact', '0\\xa0contacts')
    """
    singular = n is not None and (abs(n) < 2 if language_of(language) == "fr" else n == 1)
    return f"{number(n, 0, language)}{HARD}{(one if singular else many).in_language(language)}"


CONTACT, CONTACTS = Text("contact", "contact"), Text("contacts", "contacts")
RESPONSE, RESPONSES = Text("réponse", "response"), Text("réponses", "responses")
NOUNS = {
    "observed": (CONTACT, CONTACTS),
    "perceived": (RESPONSE, RESPONSES),
    "organisations": (Text("structure", "organisation"), Text("structures", "organisations")),
}


def figure(
    value: float | None,
    low: float | None,
    high: float | None,
    n: int | None,
    *,
    status: Status | str = Status.PUBLISHED,
    reason: str = "",
    of: str = "observed",
    unit: Unit = "score",
    language: str = "fr",
) -> str:
    """A figure said in full: its value, its interval, how many it rests on, or why it is absent.

    `unit` is score (0–100), share (0–1, said in percent) or number (said as it is); `of` names what `n` counts (a key
    of NOUNS).

    >>> figure(73.4, 69, 77.8, 24)
    '73,4 sur 100 (entre 69,0 et 77,8\\u202f; 24\\xa0contacts)'
    >>> figure(0.734, 0.69, 0.778, 120, of="perceived", unit="share", language="en")
    '73.4% (between 69.0% and 77.8%; 120\\xa0responses)'
    >>> figure(None, None, None, 4, status="too_few")
    'trop peu de contacts pour donner un chiffre (4\\xa0contacts)'
    """
    one, many = NOUNS[of]
    count = counted(n, one, many, language) if n is not None else ""
    if Status(status) is not Status.PUBLISHED or value is None:
        why = absence(status, reason, of=of, language=language)
        return f"{why} ({count})" if count and Status(status) is Status.TOO_FEW else why
    said, between = _valued(value, unit, language), interval(low, high, 1, language)
    if unit == "share" and between:
        between = _shares(low, high, language)
    details = [part for part in (between, count) if part]
    join = "; " if language_of(language) == "en" else f"{THIN}; "
    return f"{said} ({join.join(details)})" if details else said


def _valued(value: float, unit: Unit, language: str) -> str:
    if unit == "share":
        return percent(value, 1, language)
    return score(value, language) if unit == "score" else number(value, 1, language)


def _shares(low: float | None, high: float | None, language: str) -> str:
    ends = percent(low, 1, language), percent(high, 1, language)
    return f"between {ends[0]} and {ends[1]}" if language_of(language) == "en" else f"entre {ends[0]} et {ends[1]}"


_ABSENCES = {
    Status.TOO_FEW: Text("trop peu de {noun} pour donner un chiffre", "too few {noun} to give a figure"),
    Status.HIDDEN_TO_PROTECT: Text("masqué pour protéger des personnes", "hidden to protect people"),
    Status.NOT_MEASURED: Text("non mesuré", "not measured"),
    Status.PUBLISHED: Text("sans valeur", "no value"),
}


def absence(status: Status | str, reason: str = "", *, of: str = "observed", language: str = "fr") -> str:
    """Why a figure is absent, in words. Hidden is not zero, and neither is unmeasured.

    >>> absence("hidden_to_protect"), absence("not_measured", "NO_DATA", language="en")
    ('masqué pour protéger des personnes', 'not measured')
    """
    said = _ABSENCES[Status(status)].in_language(language).format(noun=NOUNS[of][1].in_language(language))
    notes = [note for note in cautions(reason, language) if Status(status) is Status.PUBLISHED]
    return f"{said} ({', '.join(notes)})" if notes else said


def cautions(reason: str, language: str = "fr") -> list[str]:
    """Each reason of an estimate (joined by spaces) in words, those of no interest to people left out.

    >>> cautions("INDICATIVE MODELLED_SE")
    ['indicatif', 'marge d’erreur estimée par modèle']
    """
    known = {one.value for one in Reason}
    return [label(Reason(one), language) for one in reason.split() if one in known]


def label(word: StrEnum, language: str = "fr") -> str:
    """The screen word of a vocabulary word.

    >>> from parvis.core.vocabulary import Channel
    >>> label(Channel.PHONE), label(Channel.PHONE, "en")
    ('Téléphone', 'Phone')
    """
    return LABELS[type(word)][word].in_language(language)


def day(date: dt.date | None, language: str = "fr", *, weekday: bool = False, year: bool = True) -> str:
    """A day in words.

    >>> day(dt.date(2026, 11, 1)), day(dt.date(2026, 11, 22), "en", weekday=True)
    ('1er\\xa0novembre 2026', 'Sunday 22\\xa0November 2026')
    """
    if date is None:
        return "—"
    tongue = language_of(language)
    first = "1er" if tongue == "fr" and date.day == 1 else str(date.day)
    words = [f"{first}{HARD}{_MONTHS[tongue][date.month - 1]}"]
    if weekday:
        words.insert(0, _DAYS[tongue][date.weekday()])
    if year:
        words.append(str(date.year))
    return " ".join(words)


def moment(at: dt.datetime | None, language: str = "fr") -> str:
    """A day and its hour, as given (convert to local time before).

    >>> moment(dt.datetime(2026, 3, 9, 14, 5)), moment(dt.datetime(2026, 3, 9, 14, 5), "en")
    ('9\\xa0mars 2026 à 14\\xa0h\\xa005', '9\\xa0March 2026 at 14:05')
    """
    if at is None:
        return "—"
    if language_of(language) == "en":
        return f"{day(at.date(), language)} at {at:%H:%M}"
    return f"{day(at.date(), language)} à {at.hour}{HARD}h{HARD}{at.minute:02d}"


def period(first: dt.date, last: dt.date, language: str = "fr") -> str:
    """From a day to a day, saying the month and the year once when they are shared.

    >>> period(dt.date(2026, 3, 9), dt.date(2026, 3, 20)), period(dt.date(2026, 3, 9), dt.date(2026, 4, 1), "en")
    ('du 9 au 20\\xa0mars 2026', 'from 9\\xa0March to 1\\xa0April 2026')
    """
    end = day(last, language)
    if (first.year, first.month) == (last.year, last.month):
        start = day(first, language, year=False).split(HARD)[0]
    else:
        start = day(first, language, year=first.year != last.year)
    return f"from {start} to {end}" if language_of(language) == "en" else f"du {start} au {end}"


def listed(words: list[str], language: str = "fr") -> str:
    """Words in a row with the last joined by « et ».

    >>> listed(["a", "b", "c"]), listed(["a"], "en"), listed([])
    ('a, b et c', 'a', '')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {'and' if language_of(language) == 'en' else 'et'} {words[-1]}"


def ordinal(rank: int, language: str = "fr") -> str:
    """A rank in words.

    >>> ordinal(1), ordinal(12), ordinal(22, "en"), ordinal(112, "en")
    ('1er', '12e', '22nd', '112th')
    """
    if language_of(language) == "fr":
        return "1er" if rank == 1 else f"{number(rank)}e"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th") if rank % 100 not in (11, 12, 13) else "th"
    return f"{number(rank, 0, 'en')}{ending}"
