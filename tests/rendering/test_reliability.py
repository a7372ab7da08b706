"""What results are worth, as the organiser reads it: every figure a row of the result, said and nothing more."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

import pyarrow as pa

from parvis.core.bundle import RESULT_TABLES, Result
from parvis.rendering.open_data import open_data_zip
from parvis.rendering.reliability import Section, reliability
from tests.rendering.made_results import made_result


def test_the_organiser_reads_what_next_year_needs_and_whom_respondents_look_like() -> None:
    sections = {one.code: one for one in reliability(made_result(12))}
    assert [table.rows for code in ("next", "likeness") if (table := sections[code].table)] == [
        (("± 10", "5", "16"), ("± 4", "2", "hors d’atteinte avec ces citoyens-mystère")),
        (("sex", "1\u202f248", "212\u202f000", "0,980", "31\u202f%", "m", "f"),),
    ]
    archive = zipfile.ZipFile(io.BytesIO(open_data_zip(made_result(12), palmares=[], method_text="")))
    public = archive.read("reliability.csv").decode()
    assert "observers,,contacts_for_error_of_5,16.0," in public
    assert "participation,nation,r_indicator sex,0.98," in public
    assert "org-" not in public


def rows_of(sections: Iterable[Section]) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {one.code: one.table.rows for one in sections if one.table}


def test_the_organiser_reads_figures_of_the_result_as_they_are() -> None:
    """Each is a row of the diagnostics, said and nothing more: these rows do not agree with each other, on purpose."""
    sections = {one.code: one for one in reliability(made_result(12), language="en")}
    assert list(sections) == ["next", "observers", "corrected", "gaps", "ranks", "likeness", "weights", "hidden"]
    assert "24 contacts an organisation (median)" in sections["next"].said
    assert sections["next"].said.endswith("from 1,234 reached contacts of 9 mystery citizens.")
    assert "makes 3.1% of the variance of contacts (p < 0.001)" in sections["observers"].said
    rows = rows_of(sections.values())
    ((name, _, score, moved),) = rows["corrected"]
    assert (name, score, moved) == ("Ville-Neuve-0 (fictif)", "61.5", "−1.3")
    assert rows["ranks"] == (("epci", "11", "0.42", "3.1", "mostly noise"),)
    assert sections["hidden"].said.startswith("1,010 figures are hidden")
    assert [count for _, count in rows["hidden"]] == ["1,000", "7"]


def test_a_result_made_before_these_rows_is_read_without_them() -> None:
    made = made_result(12)
    later = {"observers", "contacts", "median_contacts", "adjusted_minus_raw", "tau", "ranked"}
    rows = made.table("diagnostics").to_pylist()
    kept = [row for row in rows if row["measure"] not in later and row["piece"] != "disclosure"]
    older = Result(
        made.manifest, {**made.tables, "diagnostics": pa.Table.from_pylist(kept, RESULT_TABLES["diagnostics"].schema())}
    )
    now, sections = rows_of(reliability(made)), reliability(older)
    before = rows_of(sections)
    assert set(now) - set(before) == {"hidden"}
    assert before["ranks"] == (("epci", "—", "0,42", "—", "surtout du bruit"),)
    assert [row[-1] for row in before["corrected"]] == ["—"]
    assert not any(word in one.said for one in sections for word in ("None", "médiane", "aboutis de"))
    assert reliability(Result(made.manifest, {"estimates": made.table("estimates")}))[0].code == "likeness"
