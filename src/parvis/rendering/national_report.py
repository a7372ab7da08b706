"""The national report of an edition: means and their intervals, categories, palmarès with ties, method."""

from __future__ import annotations

from parvis.core.vocabulary import Source
from parvis.rendering import paper, words
from parvis.rendering import scorecard_charts as drawn
from parvis.rendering.charts import Chart, Line, Table, interval_line
from parvis.rendering.likeness import how_to_read, likeness_table
from parvis.rendering.national import CategorySlice, Laureate, National
from parvis.rendering.organisation_report import DEMONSTRATION, HOW_TO_READ, IMPORTED, delay_blocks, headlines
from parvis.rendering.paper import Block


def national_report(national: National, *, language: str = "fr") -> bytes:
    """The whole report, PDF/UA-1. Only the laureates that the slice names are named."""
    english = words.language_of(language) == "en"
    edition = f"{'Edition' if english else 'Édition'} {national.edition}"
    document: Block = {
        "title": f"{'National results' if english else 'Résultats nationaux'} – {edition}",
        "language": words.language_of(language),
        "edition_label": f"Parvis – {edition}",
        "heading": "National results" if english else "Résultats nationaux",
        "lead": _lead(national, language),
        "headline": headlines(national, language),
        "blocks": _blocks(national, language),
        "foot": f"Parvis, {edition.lower()}",
    }  # fmt: skip
    if national.demonstration:
        document["demonstration"] = DEMONSTRATION.in_language(language)
    elif national.imported:
        document["demonstration"] = IMPORTED.in_language(language)
    return paper.pdf("report", document)


def _lead(national: National, language: str) -> str:
    one, many = words.NOUNS["organisations"]
    took_part = words.counted(national.organisations, one, many, language)
    responses = (
        words.counted(national.responses, words.RESPONSE, words.RESPONSES, language) if national.responses else ""
    )
    gave = f"\u202f; les citoyens ont donné {responses}" if responses else ""
    if words.language_of(language) == "en":
        return f"{took_part} took part{f'; citizens gave {responses}' if responses else ''}."
    return f"{took_part} ont participé{gave}."


def _blocks(national: National, language: str) -> list[Block]:
    english = words.language_of(language) == "en"
    blocks = [
        paper.heading("Channel by channel" if english else "Canal par canal"),
        paper.chart(drawn.channels_chart(national, language), 720),
        paper.note(HOW_TO_READ.in_language(language)),
    ]
    if national.determinants:
        chart = drawn.determinants_chart(national, language)
        blocks += [paper.heading("Determinants" if english else "Déterminants"), paper.chart(chart, 720)]
    if national.grid:
        blocks.append(paper.chart(drawn.grid_chart(national, language), 760))
    if national.perceived_determinants:
        title = "What observers marked, what citizens felt" if english else "Ce qui est observé, ce qui est ressenti"
        blocks += [paper.heading(title), paper.chart(drawn.both_views_chart(national, language), 760)]
    blocks += delay_blocks(national, language)
    if national.changes:
        title = "Since the last edition" if english else "Depuis la dernière édition"
        blocks += [paper.heading(title), paper.chart(drawn.changes_chart(national, language), 760)]
    blocks += _measures(national, language) + _likeness(national, language)
    if national.categories:
        title = "By category" if english else "Par catégorie"
        blocks += [paper.heading(title), paper.chart(categories_chart(national, language), 760)]
        for category in national.categories:
            table = category_table(category, language)
            if table.rows:
                blocks += [paper.heading(table.caption, 3), paper.table(table, (1, 1), caption=False)]
        blocks.append({"kind": "break"})
        blocks.append(paper.heading("Palmarès"))
        for category in national.categories:
            blocks += _palmares(category, language)
    return blocks


def _measures(national: National, language: str) -> list[Block]:
    table = measures_table(national, language)
    return [paper.heading(table.caption), paper.table(table, (1, 1), caption=False)] if table.rows else []


def _likeness(national: National, language: str) -> list[Block]:
    if not national.likeness:
        return []
    table = likeness_table(national.likeness, language)
    told = paper.table(table, (1, 0, 0, 0, 0, 1, 1), size=8.5, caption=False)
    return [paper.heading(table.caption), paper.paragraph(how_to_read(language)), told]


def measures_table(national: National, language: str = "fr") -> Table:
    """Indicators of mystery contacts and questions to citizens, each in full words."""
    english = words.language_of(language) == "en"
    title = "Indicators and questions to citizens" if english else "Indicateurs et questions aux citoyens"
    rows = [
        (figure.named("", language), figure.said(of, language))
        for of, figures in (("observed", national.indicators), ("perceived", national.questions))
        for figure in figures
    ]
    return Table(title, ("Measure", "Figure") if english else ("Mesure", "Chiffre"), tuple(rows))


def category_table(category: CategorySlice, language: str = "fr") -> Table:
    """What is told of a category besides its mean: citizens, channels, determinants, each in full words."""
    english = words.language_of(language) == "en"
    rows = [(figure.named(kind, language), figure.said("observed", language)) for kind, figures in (
        ("channel", category.channels), ("determinant", category.determinants)
    ) for figure in figures]  # fmt: skip
    if category.perceived is not None:
        felt = words.label(Source.PERCEIVED, language)
        rows.insert(0, (felt, category.perceived.said("perceived", language)))
    columns = ("Measure", "Figure") if english else ("Mesure", "Chiffre")
    return Table(category.named(language), columns, tuple(rows))


def categories_chart(national: National, language: str = "fr") -> Chart:
    """The mean of each category with its interval."""
    lines = [
        Line(one.named(language), figure.value, figure.low, figure.high, figure.n, figure.status, figure.reason)
        for one in national.categories
        if (figure := one.observed) is not None
    ]
    title = "Mean score by category" if words.language_of(language) == "en" else "Note moyenne par catégorie"
    return interval_line(lines, title, language=language)


def _palmares(category: CategorySlice, language: str) -> list[Block]:
    english = words.language_of(language) == "en"
    title = category.named(language)
    one, many = words.NOUNS["organisations"]
    ranked = words.counted(category.ranked, one, many, language)
    said = f"{ranked} ranked." if english else f"{ranked} au classement."
    if category.lowest is not None and category.highest is not None:
        low, high = words.number(category.lowest, 1, language), words.number(category.highest, 1, language)
        said += f" Scores from {low} to {high}." if english else f" Notes de {low} à {high}."
    if not category.laureates:
        nobody = "Too few organisations to rank." if english else "Trop peu de structures pour un classement."
        return [paper.heading(title, 3), paper.paragraph(nobody)]
    said += f" {noise}" if (noise := how_much_ranks_say(category, language)) else ""
    columns = ("Rank", "Organisation", "Score", "Rank lies between") if english else (
        "Rang", "Structure", "Note", "Rang situé entre"
    )  # fmt: skip
    rows = tuple(_row(laureate, language) for laureate in category.laureates)
    if not category.has_rank_sets:
        said += f" {without_sets(category, language)}"
    return [
        paper.heading(title, 3),
        paper.paragraph(said),
        paper.table(Table(title, columns, rows), (0, 1, 0, 0), caption=False),
    ]


def how_much_ranks_say(category: CategorySlice, language: str = "fr") -> str:
    """What share of the differences in a category is not noise, in a sentence; nothing where ranks have no sets."""
    if category.rankability is None:
        return ""
    share = words.number(category.rankability, 2, language)
    if words.language_of(language) == "en":
        whole = "the ranking as a whole is not noise, which does not tell two neighbours apart"
        return (
            f"Rankability {share} out of 1: {'most differences of rank are noise' if category.mostly_noise else whole}."
        )
    whole = "le classement dans son ensemble n’est pas du bruit, ce qui ne sépare pas deux voisines"
    told = "la plupart des écarts de rang sont du bruit" if category.mostly_noise else whole
    return f"Classabilité {share} sur 1\u202f: {told}."


def without_sets(category: CategorySlice, language: str = "fr") -> str:
    """What stands for the intervals of ranks in a category where too few organisations compare to give any."""
    english = words.language_of(language) == "en"
    if category.ranked == 1:
        return (
            "Alone in its category: a mention, not a rank."
            if english
            else "Seule de sa catégorie\u202f: une mention, pas un rang."
        )
    unnamed = "an organisation that is not named" if english else "une structure qui n’est pas nommée"
    first = ", ".join(one.name or unnamed for one in category.laureates if not one.ex_aequo)
    level = ", ".join(one.name or unnamed for one in category.laureates if one.ex_aequo)
    if english:
        said = f"Too few to give each its rank. Best score: {first}."
        return f"{said} Nothing separates from it: {level}." if level else said
    said = f"Trop peu pour donner à chacune son rang. Meilleure note\u202f: {first}."
    return f"{said} Rien n’en sépare\u202f: {level}." if level else said


def _row(laureate: Laureate, language: str) -> tuple[str, ...]:
    english = words.language_of(language) == "en"
    unnamed = "an organisation that is not named" if english else "une structure qui n’est pas nommée"
    rank = words.ordinal(laureate.rank, language)
    if laureate.ex_aequo:
        rank += " equal" if english else " ex æquo"
    if laureate.level_with_first and laureate.rank > 1:
        rank += " (level with the first)" if english else " (à égalité en tête)"
    figure = laureate.figure
    ends = "—"
    if laureate.low is not None and laureate.high is not None:
        ends = f"{words.ordinal(laureate.low, language)} – {words.ordinal(laureate.high, language)}"
    return (rank, laureate.name or unnamed, words.number(figure.value, 1, language) if figure else "—", ends)
