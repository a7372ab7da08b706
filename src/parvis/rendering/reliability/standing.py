"""Where organisations stand: citizens' view beside what was observed, and what ranks are worth."""

from __future__ import annotations

from parvis.core.figures.fair_terms import Gap as Verdict
from parvis.core.vocabulary import Source, Text
from parvis.rendering import words
from parvis.rendering.gaps import Gap, gaps_of
from parvis.rendering.reliability.told import Section, Told

_GAPS = Text("Observé et perçu", "Observed and perceived")
_GAPS_COLUMNS = (
    Text("Structure", "Organisation"),
    Text("Observé", "Observed"),
    Text("Perçu", "Perceived"),
    Text("Écart relatif (points)", "Relative gap (points)"),
    Text("Intervalle", "Interval"),
)
_RANKS = Text("Les rangs veulent-ils dire quelque chose\u202f?", "Do ranks mean anything?")
_RANKS_COLUMNS = (
    Text("Catégorie", "Category"),
    Text("Classées", "Ranked"),
    Text("Classabilité", "Rankability"),
    Text("Écart type des vraies notes", "Standard deviation of true scores"),
    Text("Classement", "Ranking"),
)
_RANKS_SAID = Text(
    "La classabilité va de 0 à 1\u00a0: la part des écarts qui n’est pas du hasard des contacts. Sous le seuil "
    "de la méthode, la plupart des écarts de rang sont du bruit.",
    "Rankability runs from 0 to 1: the share of differences that is not chance of contacts. Under the method’s "
    "limit, most differences of rank are noise.",
)


def gaps(told: Told) -> Section | None:
    """The organisations whose citizens clearly see another quality than what was observed, the best seen first."""
    found = gaps_of(told.result)
    if not found:
        return None
    clear = {code: one for code, one in found.items() if one.verdict != Verdict.NO_CLEAR_GAP}
    rows = [_gap(told, code, one) for code, one in sorted(clear.items(), key=lambda pair: -pair[1].points)]
    many = told.number(len(found), 0), words.counted(len(clear), *words.NOUNS["organisations"], told.language)
    said = told.say(
        f"Parmi {many[0]} structures comparées à leurs pairs, {many[1]} dont les citoyens voient l’accueil "
        "nettement mieux ou moins bien qu’il n’est observé. Les deux notes restent côte à côte, jamais mélangées.",
        f"Among {many[0]} organisations compared with their peers, {many[1]} whose citizens clearly see better or "
        "worse than what was observed. The two scores stay side by side and are never mixed.",
    )
    return told.section("gaps", _GAPS, said, _GAPS_COLUMNS, rows)


def _gap(told: Told, code: str, gap: Gap) -> tuple[str, ...]:
    figures = ((told.figure(code, source), source.value) for source in Source)
    both = (figure.said(source, told.language) if figure else "—" for figure, source in figures)
    return (
        told.name(code),
        *both,
        told.signed(gap.points),
        words.interval(gap.low, gap.high, 1, told.language),
    )


def ranks(told: Told) -> Section | None:
    """How much of what separates the organisations of each category is real."""
    rows = [_category(told, category) for category in told.subjects("ranking", "rankability")]
    if not rows:
        return None
    return told.section("ranks", _RANKS, _RANKS_SAID.in_language(told.language), _RANKS_COLUMNS, rows)


def _category(told: Told, category: str) -> tuple[str, ...]:
    label = told.known.categories.get(category)
    noise = told.text("ranking", category, "rankability")
    return (
        label.in_language(told.language) if label else category,
        told.number(told.value("ranking", category, "ranked"), 0),
        told.number(told.value("ranking", category, "rankability"), 2),
        told.number(told.value("ranking", category, "tau")),
        told.say("surtout du bruit", "mostly noise") if noise else told.say("lisible", "readable"),
    )
