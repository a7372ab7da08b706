"""The charts of a scorecard (and of the national slice): the same on its page and in its report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from parvis.core.vocabulary import Channel, DelayKind, Determinant, Text, Verdict
from parvis.rendering import charts, labels, words
from parvis.rendering.national import CategorySlice, National
from parvis.rendering.scorecard import Scorecard
from parvis.rendering.slicing import ChangeFigure, Delays, Figure

SHORT_CHANNELS = {
    Channel.PHONE: Text("Tél.", "Phone"),
    Channel.EMAIL: Text("Mél.", "E-mail"),
    Channel.LETTER: Text("Courr.", "Letter"),
    Channel.VISIT: Text("Place", "Visit"),
    Channel.WEBSITE: Text("Site", "Web"),
    Channel.SOCIAL: Text("Rés.", "Social"),
}
_TITLES = {
    "channels": Text("Note d’ensemble et notes par canal", "Overall score and scores by channel"),
    "stages": Text("Notes par étape", "Scores by stage"),
    "determinants": Text("Notes par déterminant", "Scores by determinant"),
    "grid": Text("Déterminants par canal", "Determinants by channel"),
    "changes": Text("Évolution depuis la dernière édition", "Change since the last edition"),
    "both": Text("Qualité observée et qualité perçue", "Observed and perceived quality"),
    "ranks": Text("Rangs et leurs intervalles", "Ranks and their intervals"),
}
_EVENTS = {
    DelayKind.PICK_UP: Text("avaient été décrochées", "had been picked up"),
    DelayKind.WAITING: Text("avaient été reçues", "had been received"),
    DelayKind.ACKNOWLEDGMENT: Text("avaient un accusé de réception", "had been acknowledged"),
    DelayKind.ANSWER: Text("avaient une réponse", "had been answered"),
}
OVERALL = Text("Note d’ensemble", "Overall score")
Sliced = Scorecard | National


def channels_chart(card: Sliced, language: str = "fr") -> charts.Chart:
    """The signature: the overall score and each channel on one line, over what is expected of peers."""
    lines = [_line(OVERALL.in_language(language), card.observed, strong=True)] if card.observed else []
    lines += [_line(figure.named("channel", language), figure) for figure in card.channels]
    return charts.interval_line(lines, _TITLES["channels"].in_language(language), language=language)


def stages_chart(card: Sliced, language: str = "fr") -> charts.Chart:
    return _figures_chart(card.stages, "stage", "stages", language)


def determinants_chart(card: Sliced, language: str = "fr") -> charts.Chart:
    return _figures_chart(card.determinants, "determinant", "determinants", language)


def grid_chart(card: Sliced, language: str = "fr") -> charts.Chart:
    """Determinants by channels, with their numbers."""
    used = {figure.channel for figure in card.grid}
    rows = {one.value: words.label(one, language) for one in Determinant if any(f.code == one for f in card.grid)}
    columns = {one.value: words.label(one, language) for one in Channel if one in used}
    cells = {
        (figure.code, figure.channel or ""): charts.Cell(
            figure.value, figure.n, figure.low, figure.high, figure.status, figure.reason
        )
        for figure in card.grid
    }
    short = {code.value: text.in_language(language) for code, text in SHORT_CHANNELS.items()}
    return charts.heat_table(
        rows, columns, cells, _TITLES["grid"].in_language(language), short=short, language=language
    )


def changes_chart(card: Sliced, language: str = "fr") -> charts.Chart:
    rows = [_change(one, language) for one in card.changes]
    return charts.change_arrows(rows, _TITLES["changes"].in_language(language), language=language)


def both_views_chart(card: Sliced, language: str = "fr") -> charts.Chart:
    """Each determinant as observers marked it and as citizens felt it."""
    felt = {figure.code: figure for figure in card.perceived_determinants}
    nothing = Figure("")
    points = [
        charts.Point(
            figure.named("determinant", language),
            figure.value,
            felt.get(figure.code, nothing).value,
            figure.low,
            figure.high,
            felt.get(figure.code, nothing).low,
            felt.get(figure.code, nothing).high,
        )
        for figure in card.determinants
    ]
    return charts.observed_perceived(points, _TITLES["both"].in_language(language), language=language)


def delay_chart(given: Delays, language: str = "fr") -> charts.Chart:
    """The answer-delay curve of one channel, with the delays that were promised."""
    english = words.language_of(language) == "en"
    steps = [charts.Step(*point) for point in given.points]
    promised = "promised" if english else "promis"
    marks = [charts.Threshold(delay, promised) for delay in given.promises]
    title = f"{labels.said('channel', given.channel, language)} – {labels.said('delay_kind', given.kind, language)}"
    unit = labels.said("delay_unit", given.unit, language)
    event = _EVENTS[DelayKind(given.kind)].in_language(language)
    return charts.delay_curve(steps, marks, title, n=given.n, unit=unit, event=event, language=language)


def laureates_chart(category: CategorySlice, language: str = "fr") -> charts.Chart:
    """The head of a category: those who agreed are named, the others are « une structure »."""
    unnamed = "an organisation" if words.language_of(language) == "en" else "une structure"
    places = [
        charts.Place(one.name or unnamed, one.rank, one.low, one.high, one.level_with_first)
        for one in category.laureates
        if one.low is not None and one.high is not None
    ]
    title = f"{_TITLES['ranks'].in_language(language)} – {category.named(language)}"
    return charts.rank_intervals(places, category.ranked, title, language=language)


def measure_name(code: str, language: str = "fr", own: Mapping[str, str] | None = None) -> str:
    """The screen words of a measure whose kind is not told (the table of changes gives its code alone)."""
    if own and code in own:
        return own[code]
    if code == "overall":
        return OVERALL.in_language(language)
    for kind in ("channel", "stage", "determinant"):
        said = labels.said(kind, code, language)
        if said != code:
            return said
    return code


def _figures_chart(figures: Iterable[Figure], kind: str, title: str, language: str) -> charts.Chart:
    lines = [_line(figure.named(kind, language), figure) for figure in figures]
    return charts.interval_line(lines, _TITLES[title].in_language(language), language=language)


def _line(label: str, figure: Figure, *, strong: bool = False) -> charts.Line:
    return charts.Line(
        label,
        figure.value,
        figure.low,
        figure.high,
        figure.n,
        figure.status,
        figure.reason,
        figure.expected_low,
        figure.expected_high,
        figure.peers,
        strong,
    )


def _change(one: ChangeFigure, language: str) -> charts.Change:
    name = measure_name(one.code, language)
    return charts.Change(name, one.before, one.after, one.difference, one.low, one.high, Verdict(one.verdict))
