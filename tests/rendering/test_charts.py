"""Charts: what is drawn, what is said and what is tabled are the same thing, at every width."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.vocabulary import Status, Verdict
from parvis.rendering import charts, words
from parvis.rendering.charts.drawing import Drawing, r, ticks, wrapped

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "Accueil <b>&\"'"
DAYS = [dt.date(2026, 3, 1) + dt.timedelta(at) for at in range(30)]

CHARTS: dict[str, Callable[[str], charts.Chart]] = {
    "interval_line": lambda language: charts.interval_line(
        [
            charts.Line(NASTY, 73.44, 69.02, 77.81, 24, expected_low=60, expected_high=70, peers=66, strong=True),
            charts.Line("Réseaux sociaux", None, n=2, status=Status.TOO_FEW),
        ],
        "Notes", language=language,
    ),
    "heat_table": lambda language: charts.heat_table(
        {"a": NASTY, "b": "Attente"}, {"x": "Téléphone", "y": "Courriel"},
        {("a", "x"): charts.Cell(81.25), ("b", "y"): charts.Cell(None, status=Status.HIDDEN_TO_PROTECT)},
        "Grille", language=language,
    ),
    "count_table": lambda language: charts.count_table(
        {"am": "Matin"}, {"mon": "Lundi", "tue": NASTY}, {("am", "mon"): 1248}, "Couverture", noun="contacts",
        language=language,
    ),
    "change_arrows": lambda language: charts.change_arrows(
        [
            charts.Change(NASTY, 60, 70.04, 10.04, 4, 16, Verdict.UP),
            charts.Change("Accès", 70, 71, 1, -3, 5, Verdict.NO_CLEAR_CHANGE),
            charts.Change("Mise en relation", None, 62, None, None, None, Verdict.NOT_COMPARABLE),
        ],
        "Évolution", language=language,
    ),
    "rank_intervals": lambda language: charts.rank_intervals(
        [charts.Place(NASTY, 1, 1, 3, True), charts.Place("B", 2, 1, 4, True, True), charts.Place("C", 3, 2, 5)],
        12, "Rangs", language=language,
    ),
    "delay_curve": lambda language: charts.delay_curve(
        [charts.Step(1, 0.25, 0.1, 0.5), charts.Step(3, 0.75, 0.4, 0.95)], [charts.Threshold(2, NASTY)], "Délais",
        n=4, unit="jours ouvrés", language=language,
    ),
    "observed_perceived": lambda language: charts.observed_perceived(
        [charts.Point(NASTY, 80, 60, 75, 85, 55, 65), charts.Point("Accès", 70, None)], "Regards", language=language
    ),
    "participation_by_day": lambda language: charts.participation_by_day(
        DAYS, {NASTY: [3] * 30, **{f"Borne {n}": [n] * 30 for n in range(7)}}, "Participation", language=language
    ),
    "precision_curve": lambda language: charts.precision_curve(
        [charts.Precision(n, 30 / n) for n in (6, 12, 24)], "Précision", chosen=24, language=language
    ),
    "gantt": lambda language: charts.gantt(
        [
            charts.Bar(NASTY, DAYS[0], DAYS[9], "en cours", reviews=(DAYS[5],)),
            charts.Bar("B", DAYS[3], DAYS[29], "faite", True),
        ],
        "Plan", today=DAYS[20], language=language,
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("width", [320, 340, 720, 960])
def test_every_chart_is_whole_at_every_width(name: str, language: str, width: float) -> None:
    chart = CHARTS[name](language)
    drawn = ET.fromstring(chart.at(width))  # noqa: S314  # our own drawing; badly escaped, it would not parse
    assert drawn.get("role") == "img"
    assert drawn.find(f"{SVG}title").text
    assert drawn.find(f"{SVG}desc").text == chart.sentence
    texts = list(drawn.iter(f"{SVG}text"))
    assert texts
    for text in texts:
        assert -1 <= float(text.get("x")) <= width + 1
        assert float(text.get("font-size") or drawn.get("font-size")) >= 12
    assert "style=" not in chart.at(width)  # the content security policy refuses it


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_a_sentence_and_a_table_whose_rows_are_whole(name: str) -> None:
    for language in ("fr", "en"):
        chart = CHARTS[name](language)
        assert chart.sentence.endswith(".")
        assert chart.table.caption
        assert chart.table.rows
        assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)


@pytest.mark.parametrize("name", CHARTS)
def test_equal_data_draw_equal_bytes(name: str) -> None:
    assert CHARTS[name]("fr").svg == CHARTS[name]("fr").svg


@pytest.mark.parametrize("name", ["interval_line", "heat_table", "count_table"])
def test_every_value_drawn_stands_in_the_table(name: str) -> None:
    chart = CHARTS[name]("fr")
    drawn = ET.fromstring(chart.svg)  # noqa: S314
    bold = {text.text for text in drawn.iter(f"{SVG}text") if text.get("font-weight") and re.match(r"[\d−]", text.text)}
    tabled = {cell for row in chart.table.rows for cell in row}
    assert bold
    assert bold <= tabled


def test_the_dot_and_the_whisker_stand_where_the_figures_say() -> None:
    line = charts.Line("Note", 50, 25, 75, 24)
    drawn = ET.fromstring(charts.interval_line([line], "Notes").svg)  # noqa: S314
    marks = {
        text.text: float(text.get("x")) for text in drawn.iter(f"{SVG}text") if text.get("text-anchor") == "middle"
    }
    dot = next(drawn.iter(f"{SVG}circle"))
    assert float(dot.get("cx")) == pytest.approx(marks["50"], abs=0.2)
    whisker = next(one for one in drawn.iter(f"{SVG}line") if one.get("stroke-width") == "3")
    assert float(whisker.get("x1")) == pytest.approx(marks["25"], abs=0.2)
    assert float(whisker.get("x2")) == pytest.approx(marks["75"], abs=0.2)


def test_an_absent_figure_has_no_dot_and_says_why() -> None:
    chart = charts.interval_line([charts.Line("Courrier", None, n=2, status=Status.TOO_FEW)], "Notes")
    assert "<circle" not in chart.svg.split("note et intervalle")[0]
    assert "trop peu de contacts" in chart.svg
    assert chart.table.rows[0][1] == "—"


def test_a_figure_on_few_contacts_is_not_put_forward() -> None:
    lines = [
        charts.Line("Sociaux", 99, 50, 100, 2, reason="INDICATIVE"),
        charts.Line("Téléphone", 80, 70, 90, 9),
        charts.Line("Courrier", 60, 50, 70, 9),
    ]
    assert charts.interval_line(lines, "Notes").sentence.startswith("Le plus haut\u00a0: Téléphone")


def test_an_arrow_is_drawn_only_where_the_change_is_real() -> None:
    for verdict in Verdict:
        chart = charts.change_arrows([charts.Change("Attente", 60, 70, 10, 4, 16, verdict)], "Évolution")
        assert ("<polygon" in chart.svg) == (verdict in (Verdict.UP, Verdict.DOWN))


def test_those_level_with_the_first_are_shaded_and_no_one_else() -> None:
    places = [charts.Place("A", 1, 1, 2, True), charts.Place("B", 2, 1, 3, True), charts.Place("C", 3, 2, 3)]
    drawn = ET.fromstring(charts.rank_intervals(places, 3, "Rangs").svg)  # noqa: S314
    (shade,) = drawn.iter(f"{SVG}rect")
    names = {text.text: float(text.get("y")) for text in drawn.iter(f"{SVG}text")}
    low, high = float(shade.get("y")), float(shade.get("y")) + float(shade.get("height"))
    assert low < names["A"] < high
    assert low < names["B"] < high
    assert names["C"] > high


def test_many_level_at_the_top_are_counted_and_the_head_is_drawn_with_ours() -> None:
    places = [charts.Place(f"V{rank}", rank, 1, 40, True, ours=rank == 33) for rank in range(1, 41)]
    others = [charts.Place(place.label, place.rank, 1, 40, True) for place in places]
    said = charts.rank_intervals(others, 82, "Rangs").sentence
    assert said == "40 structures sont à égalité en tête\u00a0: V1, V2, V3, V4, V5 et 35 autres."
    chart = charts.rank_intervals(places, 82, "Rangs")
    texts = [text.text for text in ET.fromstring(chart.svg).iter(f"{SVG}text")]  # noqa: S314
    assert [text for text in texts if text and text[0] == "V"] == [*(f"V{rank}" for rank in range(1, 21)), "V33"]
    assert [text for text in texts if text and text.isdigit()] == ["1", "20", "40", "60", "82"]  # 80 would touch 82
    assert len(chart.table.rows) == 40


def test_heat_cells_keep_their_number_readable_in_any_shade() -> None:
    from parvis.rendering import contrast

    cells = {("r", str(value)): charts.Cell(float(value)) for value in range(0, 101, 5)}
    columns = {str(value): str(value) for value in range(0, 101, 5)}
    drawn = ET.fromstring(charts.heat_table({"r": "R"}, columns, cells, "T").svg)  # noqa: S314
    fills = [one.get("fill") for one in drawn.iter(f"{SVG}rect")]
    inks = [one.get("fill") for one in drawn.iter(f"{SVG}text") if one.get("font-weight")]
    assert len(fills) == len(inks) == 21
    assert all(contrast.ratio(ink, fill) >= 4.5 for ink, fill in zip(inks, fills, strict=True))
    lightness = [contrast.luminance(fill) for fill in fills]
    assert lightness == sorted(lightness, reverse=True)  # readable in grey: darker is higher


@settings(max_examples=30)
@given(st.floats(0, 1e7))
def test_ticks_cover_the_greatest_value_with_few_marks(high: float) -> None:
    marks = ticks(high)
    assert marks[0] == 0
    assert marks[-1] >= high - 1e-6
    assert len(marks) <= 8 or high < 0.06


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=12))
def test_wrapping_keeps_the_words_in_order_within_the_lines_allowed(given_words: list[str]) -> None:
    lines = wrapped(" ".join(given_words), 90, 15)
    assert len(lines) <= 2
    kept = " ".join(lines).removesuffix("…")
    assert " ".join(given_words).startswith(kept)


@given(st.floats(-2000, 2000))
def test_coordinates_are_short_and_true(value: float) -> None:
    assert abs(float(r(value)) - value) <= 0.0501
    assert len(r(value)) <= 7


def test_text_is_escaped() -> None:
    drawing = Drawing(100)
    drawing.text(0, 0, "<script>")
    assert "<script>" not in drawing.svg(10, "t<", "d&")


def test_hidden_participation_days_add_up() -> None:
    chart = CHARTS["participation_by_day"]("fr")
    totals = [int(row[-1]) for row in chart.table.rows]
    assert totals == [3 + sum(range(7))] * 30
    assert words.number(sum(totals)) in chart.sentence
    assert len(chart.table.columns) == 8  # the day, five entry points, the others together, the total


EMPTY: dict[str, Callable[[], charts.Chart]] = {
    "interval_line": lambda: charts.interval_line([], "T"),
    "heat_table": lambda: charts.heat_table({}, {}, {}, "T"),
    "count_table": lambda: charts.count_table({}, {}, {}, "T", noun="contacts"),
    "change_arrows": lambda: charts.change_arrows([], "T"),
    "rank_intervals": lambda: charts.rank_intervals([], 0, "T"),
    "delay_curve": lambda: charts.delay_curve([], [], "T", n=0, unit="jours"),
    "observed_perceived": lambda: charts.observed_perceived([], "T"),
    "participation_by_day": lambda: charts.participation_by_day([], {}, "T"),
    "precision_curve": lambda: charts.precision_curve([], "T"),
    "gantt": lambda: charts.gantt([], "T"),
}


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_draw_is_drawn_as_nothing(name: str) -> None:
    chart = EMPTY[name]()
    ET.fromstring(chart.svg)  # noqa: S314
    ET.fromstring(chart.narrow)  # noqa: S314
    assert chart.sentence
    assert set(EMPTY) == set(CHARTS)
