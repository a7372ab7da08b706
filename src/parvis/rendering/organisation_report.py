"""An organisation's report: one page that says where it stands, or the complete document."""

from __future__ import annotations

from collections.abc import Iterable

from parvis.core.vocabulary import Band, Channel, Source, Text
from parvis.rendering import paper, words
from parvis.rendering import scorecard_charts as drawn
from parvis.rendering.charts import Table
from parvis.rendering.national import National
from parvis.rendering.paper import Block
from parvis.rendering.scorecard import Scorecard
from parvis.rendering.slicing import CriterionFigure, Figure, Participation

DEMONSTRATION = Text("DÉMONSTRATION – données fictives", "DEMONSTRATION – invented data")
IMPORTED = Text(
    "Résultats importés\u00a0: ces observations n’ont pas été recueillies par une édition de Parvis.",
    "Imported results: these observations were not collected by an edition of Parvis.",
)
HOW_TO_READ = Text(
    "Comment lire\u00a0: une note va de 0 à 100. Le trait de part et d’autre du point est l’intervalle à 95\u202f%. "
    "Plus il est long, moins la note est sûre. La bande grise est ce que l’on attend de structures comparables. "
    "Deux notes dont les intervalles se recouvrent largement ne se distinguent pas.",
    "How to read: a score goes from 0 to 100. The line on both sides of the dot is the 95% interval: the longer, the "
    "less certain the score. The grey band is what is expected of comparable organisations. Two scores whose intervals "
    "largely overlap cannot be told apart.",
)


def one_page(card: Scorecard, *, language: str = "fr") -> bytes:
    """The scorecard on one A4 page, PDF/UA-1. Where labels are long, fewer strengths and leads are listed."""
    content = b""
    for listed in (5, 4, 3, 2, 1):
        content = paper.pdf("report", _document(card, _first_page(card, language, listed, brief=True), language))
        if paper.pages(content) == 1:
            break
    return content


def complete(card: Scorecard, *, language: str = "fr", commentary: Iterable[tuple[str, str]] = ()) -> bytes:
    """The whole report: the page, then channels, determinants, both views, changes, participation and every criterion.

    `commentary` holds the expert's pieces (title, text) of levels 2 and 3, printed after the first page.
    """
    return paper.pdf("report", _document(card, blocks_of(card, tuple(commentary), language), language))


def edition_name(edition: str, language: str = "fr") -> str:
    """An edition as papers call it; one that already says so is left as it is.

    >>> edition_name("2026"), edition_name("Édition 2026"), edition_name("2026", "en")
    ('Édition 2026', 'Édition 2026', 'Edition 2026')
    """
    if edition.casefold().startswith(("édition", "edition")):
        return edition
    return f"{'Edition' if words.language_of(language) == 'en' else 'Édition'} {edition}"


def _document(card: Scorecard, blocks: list[Block], language: str) -> Block:
    edition = edition_name(card.edition, language)
    document: Block = {
        "title": f"{card.name} – {edition}",
        "language": words.language_of(language),
        "edition_label": f"Parvis – {edition}",
        "category": card.category_label.in_language(language) if card.category_label else (card.category or ""),
        "heading": card.name,
        "lead": _lead(card, language),
        "headline": _card_headline(card, language),
        "blocks": blocks,
        "foot": f"Parvis – {edition} – {card.name}",
    }
    if card.demonstration:
        document["demonstration"] = DEMONSTRATION.in_language(language)
    elif card.imported:
        document["demonstration"] = IMPORTED.in_language(language)
    return document


def _lead(card: Scorecard, language: str) -> str:
    english = words.language_of(language) == "en"
    parts = []
    figure = card.observed
    if figure is not None and figure.band:
        band = words.label(Band(figure.band), language)
        where = f"{band[0].lower()}{band[1:]}"
        subject = "The overall score is" if english else "La note d’ensemble est"
        parts.append(
            f"{subject} {where}{' of comparable organisations' if english else ' pour une structure comparable'}."
        )
    if card.rank is not None:
        parts.append(_rank_sentence(card, language))
    if not card.comparable:
        parts.append(
            "Too much is missing for this organisation to be compared."
            if english
            else "Il manque trop de contacts pour comparer cette structure aux autres."
        )
    return " ".join(parts)


def _rank_sentence(card: Scorecard, language: str) -> str:
    rank = card.rank
    if rank is None:
        return card.leading.in_language(language) if card.leading else ""
    low, high = words.ordinal(rank.low, language), words.ordinal(rank.high, language)
    of = words.number(rank.of, 0, language)
    if words.language_of(language) == "en":
        tie = " It is level with the first." if rank.level_with_first else ""
        return f"It ranks {words.ordinal(rank.rank, language)} of {of}; its rank lies between {low} and {high}.{tie}"
    tie = " Elle est à égalité avec la première." if rank.level_with_first else ""
    return (
        f"La structure est {words.ordinal(rank.rank, language)} sur {of}\u202f; "
        f"son rang se situe entre {low} et {high}.{tie}"
    )


def _card_headline(card: Scorecard, language: str) -> list[Block]:
    english = words.language_of(language) == "en"
    shown = headlines(card, language)
    total = card.responses
    if total is not None:
        shown.append({
            "label": "Qualified responses" if english else "Réponses qualifiées",
            "value": words.number(total.qualified, 0, language),
            "detail": _per_1000(total, language),
        })  # fmt: skip
    return shown


def _per_1000(total: Participation, language: str) -> str:
    """Of inhabitants; of the visits that it declared, for a body where nobody lives; empty when neither is known."""
    english = words.language_of(language) == "en"
    if total.per_1000_inhabitants is not None:
        rate = words.number(total.per_1000_inhabitants, 1, language)
        return f"{rate} per 1,000 inhabitants" if english else f"{rate} pour 1\u202f000 habitants"
    if total.per_1000_visits is not None:
        rate = words.number(total.per_1000_visits, 1, language)
        return f"{rate} per 1,000 visits" if english else f"{rate} pour 1\u202f000 visites"
    return ""


def headlines(card: Scorecard | National, language: str) -> list[Block]:
    """Observed quality beside perceived quality, never averaged."""
    return [
        _headline(figure, words.label(source, language), source.value, language)
        for source, figure in ((Source.OBSERVED, card.observed), (Source.PERCEIVED, card.perceived))
    ]


def _headline(figure: Figure | None, label: str, of: str, language: str) -> Block:
    """The box of a figure at the head of a report: value, then interval and n, or why it is absent."""
    if figure is None or figure.value is None:
        status, reason = (figure.status, figure.reason) if figure else ("not_measured", "")
        why = words.absence(status, reason, of=of, language=language)
        return {"label": label, "value": why, "detail": "", "size": 11}
    said = figure.said(of, language)
    value, _, detail = said.partition(" (")
    notes = words.cautions(figure.reason, language)
    return {"label": label, "value": value, "detail": ", ".join([detail.removesuffix(")"), *notes])}


def _first_page(card: Scorecard, language: str, listed: int = 5, *, brief: bool = False) -> list[Block]:
    english = words.language_of(language) == "en"
    return [
        *(paper.paragraph(said) for said in card.beside_score(language, brief=brief)),
        paper.heading("Channel by channel" if english else "Canal par canal"),
        paper.chart(drawn.channels_chart(card, language), 720),
        {"kind": "beside", "columns": [
            [_listing(card.strong_criteria[:listed], "Strengths" if english else "Points forts", language)],
            [_listing(card.weak_criteria[:listed], "Leads for progress" if english else "Pistes de progrès", language)],
        ]},
        paper.note(HOW_TO_READ.in_language(language)),
    ]  # fmt: skip


def _listing(criteria: tuple[CriterionFigure, ...], title: str, language: str) -> Block:
    english = words.language_of(language) == "en"
    one_noun, many = words.NOUNS["observed"]
    entries = [
        {
            "label": one.label.in_language(language),
            "note": f"{_channel(one.channel, language)}, {words.counted(one.figure.n, one_noun, many, language)}",
            "value": words.number(one.figure.value, 1, language),
        }
        for one in criteria
    ]
    empty = "None stands out with enough contacts." if english else "Aucun ne se détache sur assez de contacts."
    return {"kind": "listing", "title": title, "entries": entries, "empty": empty, "level": 3}


def _channel(code: str | None, language: str) -> str:
    return words.label(Channel(code), language) if code in set(Channel) else (code or "")


def blocks_of(card: Scorecard, commentary: tuple[tuple[str, str], ...] = (), language: str = "fr") -> list[Block]:
    """The pieces of the complete report, in order."""
    english = words.language_of(language) == "en"
    blocks = [*_first_page(card, language), {"kind": "break"}]
    for title, text in commentary:
        blocks += [paper.heading(title), *(paper.paragraph(part) for part in text.split("\n\n"))]
    if card.determinants:
        blocks += [
            paper.heading("Determinants" if english else "Déterminants"),
            paper.chart(drawn.determinants_chart(card, language)),
        ]
    if card.grid:
        blocks.append(paper.chart(drawn.grid_chart(card, language), 760))
    if card.stages:
        blocks += [
            paper.heading("Stages of the journey" if english else "Étapes du parcours"),
            paper.chart(drawn.stages_chart(card, language)),
        ]
    if card.perceived_determinants:
        title = "What observers marked, what citizens felt" if english else "Ce qui est observé, ce qui est ressenti"
        blocks += [paper.heading(title), paper.chart(drawn.both_views_chart(card, language), 760)]
    if card.changes:
        chart = drawn.changes_chart(card, language)
        blocks += [
            paper.heading("Since the last edition" if english else "Depuis la dernière édition"),
            paper.chart(chart, 760),
        ]
    blocks += delay_blocks(card, language)
    blocks += _participation(card, language)
    blocks += _figures_table(card.indicators, "Indicators" if english else "Indicateurs", "observed", language)
    blocks += _figures_table(
        card.questions, "Questions to citizens" if english else "Questions aux citoyens", "perceived", language
    )
    return [*blocks, *_criteria_pages(card, language)]


def delay_blocks(card: Scorecard | National, language: str) -> list[Block]:
    """The answer-delay curves, one after the other."""
    if not card.delays:
        return []
    title = "How soon answers come" if words.language_of(language) == "en" else "Délais de réponse"
    return [paper.heading(title), *(paper.chart(drawn.delay_chart(one, language), 760) for one in card.delays)]


def _participation(card: Scorecard, language: str) -> list[Block]:
    if not card.participation:
        return []
    english = words.language_of(language) == "en"
    title = "Citizens’ participation" if english else "Participation des citoyens"
    columns = ("Entry point", "Opened", "Started", "Completed", "Qualified") if english else (
        "Point d’entrée", "Ouverts", "Commencés", "Terminés", "Qualifiés"
    )  # fmt: skip
    total = "All" if english else "Ensemble"
    rows = tuple(
        (
            one.entry_point or total,
            *(words.number(n, 0, language) for n in (one.opened, one.started, one.completed, one.qualified)),
        )
        for one in sorted(card.participation, key=lambda one: (one.entry_point is None, one.entry_point or ""))
    )
    return [paper.heading(title), paper.table(Table(title, columns, rows), caption=False)]


def _figures_table(figures: tuple[Figure, ...], title: str, of: str, language: str) -> list[Block]:
    if not figures:
        return []
    columns = ("Measure", "Figure") if words.language_of(language) == "en" else ("Mesure", "Chiffre")
    rows = tuple((one.named("", language), one.said(of, language)) for one in figures)
    return [paper.heading(title), paper.table(Table(title, columns, rows), (1, 1), caption=False)]


def _criteria_pages(card: Scorecard, language: str) -> list[Block]:
    english = words.language_of(language) == "en"
    columns = ("Criterion", "Score", "Interval", "Contacts", "Peers") if english else (
        "Critère", "Note", "Intervalle", "Contacts", "Catégorie"
    )  # fmt: skip
    blocks: list[Block] = []
    for channel in Channel:
        mine = [one for one in card.criteria if one.channel == channel]
        if not mine:
            continue
        name = words.label(channel, language)
        rows = tuple(_criterion_row(one, language) for one in mine)
        title = f"Criteria: {name}" if english else f"Critères\u00a0: {name}"
        blocks += [
            paper.heading(title),
            paper.table(Table(title, columns, rows), size=8.5, caption=False),
        ]
    if blocks:
        critical = "■ critical criterion." if english else "■ critère critique."
        blocks.append(paper.note(critical))
    return blocks


def _criterion_row(one: CriterionFigure, language: str) -> tuple[str, ...]:
    figure = one.figure
    label = f"{one.label.in_language(language)}{' ■' if one.critical else ''}"
    if figure.value is None:
        why = words.absence(figure.status, figure.reason, language=language)
        return (label, "—", why, words.number(figure.n, 0, language), words.number(figure.peers, 1, language))
    ends = f"{words.number(figure.low, 1, language)} – {words.number(figure.high, 1, language)}"
    return (
        label,
        words.number(figure.value, 1, language),
        ends if figure.low is not None else "—",
        words.number(figure.n, 0, language),
        words.number(figure.peers, 1, language),
    )
