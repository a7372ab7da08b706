"""Any XLSForm loads or is refused with a reason; none crashes. Noise, cut files and bombs are refused."""

import csv
import io
import random
import struct
import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.instruments.answers import check_answers
from parvis.core.instruments.form import form_from_json
from parvis.core.instruments.grid import read_form, to_xform
from parvis.core.vocabulary import ParvisError

GRIDS = Path(__file__).parents[3] / "src/parvis/grids/2026"
CHOICES = "| choices |\n| | list_name | name | label |\n| | yn | yes | Oui |\n| | yn | no | Non |\n"
GROUP = "| | begin group | g | G |\n"
END = "| | end group | | |"
PLAIN = ("text", "string", "integer", "int", "decimal", "range", "date", "time", "dateTime", "note", "image")
PLAIN += ("acknowledge", "start", "end", "today")
LOADED = {
    "one text": "| | text | a | A |",
    "groups in groups": GROUP + "| | begin_group | h | H |\n| | text | a | A |\n| | end_group | | |\n" + END,
    "an empty group": "| | begin group | g | G |\n| | end group | | |\n| | text | a | A |",
    "several choices": "| | select_multiple yn | a | A |",
    "or other": "| | select_one yn or_other | a | A |\n| | select_multiple yn or_other | b | B |",
    "old spellings": "| | select one from yn | a | A |\n| | select all that apply from yn | b | B |\n| | int | c | C |",
    "every plain type": "\n".join(
        f"| | {kind} | q{number} | Q |" for number, kind in enumerate(PLAIN)
    ),
    "a comment row": "| | | | |\n| | text | a | A |",
    "a note without a name": "| | note | | Bonjour |\n| | text | a | A |",
    "a long label": f"| | text | a | {'mot ' * 2000} |",
}  # fmt: skip
REFUSED = {
    "a repeat": "| | begin repeat | r | R |\n| | text | a | A |\n| | end repeat | | |",
    "a nested repeat": GROUP + "| | begin repeat | r | R |\n| | text | a | A |\n| | end repeat | | |\n" + END,
    "an open group": "| | begin group | g | G |\n| | text | a | A |",
    "an end too many": "| | text | a | A |\n| | end group | | |",
    "crossed groups": GROUP + "| | begin repeat | r | R |\n| | end group | | |\n| | end repeat | | |",
    "a list that is absent": "| | select_one absent | a | A |",
    "a place": "| | geopoint | a | A |",
    "a sound": "| | audio | a | A |",
    "a phone number": "| | phonenumber | a | |",
    "an audit": "| | audit | audit | |",
    "choices from a file": "| | select_one_from_file a.csv | a | A |",
    "choices from answers": "| | text | a | A |\n| | select_one ${a} | b | B |",
    "a ranking": "| | rank yn | a | A |",
    "a calculation of nothing": "| | calculate | a | |",
    "no name": "| | text | | A |",
    "no type": "| | | a | A |",
    "a name with a space": "| | text | a b | A |",
    "the same name": "| | text | a | A |\n| | text | a | A |",
    "an unknown type": "| | telepathy | a | A |",
    "an answer in a label": "| | text | a | A |\n| | text | b | ${a} ? |",
    "nothing to read": "| | | | |",
}  # fmt: skip


def _table(rows: str, extra: str = "") -> bytes:
    return f"| survey |\n| | type | name | label |{extra}\n{rows}\n{CHOICES}".encode()


def loads_or_is_refused(content: bytes, name: str) -> bool:
    """True when it loads (then it also stores and makes an XForm); False when refused in both languages."""
    try:
        form = read_form(content, name)
    except ParvisError as error:
        refused = error.faults
    else:
        refused = ()
    if refused:
        assert all(fault.what.fr and fault.remedy.en for fault in refused)
        return False
    assert form_from_json(form.to_json()) == form
    assert to_xform(content, name).startswith("<?xml")
    return True


@pytest.mark.parametrize("rows", LOADED.values(), ids=LOADED)
def test_these_load(rows):
    assert loads_or_is_refused(_table(rows), "form.md")


@pytest.mark.parametrize("rows", REFUSED.values(), ids=REFUSED)
def test_these_are_refused_with_a_reason(rows):
    assert not loads_or_is_refused(_table(rows), "form.md")


def test_or_other_asks_to_specify_where_other_is_chosen():
    form = read_form(_table("| | select_one yn or_other | a | A |"), "form.md")
    assert [choice.name for choice in form.question("a").choices] == ["yes", "no", "other"]
    assert form.question("a_other").relevant == ["selected", ["$", "a"], "other"]


def test_several_languages_keep_their_codes():
    form = read_form(
        "| survey |\n"
        "| | type | name | label::Français (fr) | label::العربية (ar) | hint::English (en) | label::Klingon |\n"
        "| | text | a | Nom | الاسم | Help | pong |\n".encode(),
        "form.md",
    )
    assert form.question("a").labels == {"fr": "Nom", "ar": "الاسم", "klingon": "pong"}
    assert form.question("a").hint("fr") == "Help"


TYPES = (
    *PLAIN,
    "select_one yn",
    "select_multiple yn",
    "select_one yn or_other",
    "begin group",
    "end group",
    "calculate",
)
CELLS = (
    *("", "", "", "a", "q1", "1", "yes", "no", "${q0} > 1", "${q1} = ${q2}", "not(", "today()", "selected(${q0}, 'x')"),
    *("<=5:1; else:0", "na", "P1", "P2", "access", "courtesy", "phone", "é€", "'; drop", "🙂", "=1+1", "start=0 end=a"),
    *("true()", "begin repeat", "audio", ". != ''", "${q0} + 1", "answer", "rating"),
)
COLUMNS = (
    *("label::French (fr)", "relevant", "constraint", "required", "calculation", "criterion", "stage", "determinant"),
    *(
        "weight",
        "source",
        "score_bands",
        "delay",
        "parameters",
        "default",
        "appearance",
        "hint",
        "choice_filter",
        "measure",
    ),
    *("repeat_count", "Label", "bind::relevant", "media::image", "disabled", "trigger", "read_only", "seen by"),
)


@st.composite
def workbooks(draw) -> bytes:
    """An XLSForm in CSV: sensible rows, with cells drawn at random among words that mean something somewhere."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    columns = draw(st.lists(st.sampled_from(COLUMNS), max_size=5, unique=True))
    writer.writerows([["survey"], ["", "type", "name", "label", *columns]])
    for number, kind in enumerate(draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=6))):
        row = [kind, f"q{number}", "L", *(draw(st.sampled_from(CELLS)) for _ in columns)]
        if draw(st.integers(0, 9)) == 0:
            row[draw(st.integers(0, 2))] = draw(st.sampled_from(CELLS))
        writer.writerow(["", *row])
    scores = [draw(st.sampled_from(("", "1", "0.5", "na", "x"))) for _ in range(2)]
    writer.writerows([["choices"], ["", "list_name", "name", "label", "score"]])
    writer.writerows([["", "yn", "yes", "Oui", scores[0]], ["", "yn", "no", "Non", scores[1]]])
    if draw(st.booleans()):
        writer.writerows([["settings"], ["", "form_id", "channel"], ["", "f", draw(st.sampled_from(CELLS))]])
    return stream.getvalue().encode()


@settings(max_examples=40)
@given(workbooks())
def test_no_form_drawn_at_random_crashes(content):
    loads_or_is_refused(content, "form.csv")


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv", "md"])
def test_noise_is_refused(suffix):
    noise = random.Random(2026).randbytes(200_000)  # noqa: S311  noise for a test
    with pytest.raises(ParvisError, match=r"not a readable workbook|survey"):
        read_form(noise, f"form.{suffix}")


@pytest.mark.parametrize("kept", [0, 10, 1000, 0.5, 0.99])
def test_a_file_cut_anywhere_is_refused(kept):
    content = (GRIDS / "phone.xlsx").read_bytes()
    with pytest.raises(ParvisError, match="not a readable workbook"):
        read_form(content[: int(kept * len(content)) if isinstance(kept, float) else kept], "form.xlsx")


def test_a_big_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "form.xlsx"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    with pytest.raises(ParvisError, match="over 5 MB"):
        read_form(path)


def test_a_spreadsheet_bomb_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(5):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"<row/>" * 2_000_000)
    with pytest.raises(ParvisError, match="over 5 MB"):
        read_form(stream.getvalue(), "form.xlsx")


def test_a_bomb_that_lies_about_its_size_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", b" " * 30_000_000)
    lying = stream.getvalue().replace(struct.pack("<L", 30_000_000), struct.pack("<L", 3_000))
    with pytest.raises(ParvisError, match="not a readable workbook"):
        read_form(lying, "form.xlsx")


def test_xml_entities_are_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(ParvisError, match="not a readable workbook"):
        read_form(stream.getvalue(), "form.xlsx")


def test_too_many_rows_are_refused(tmp_path):
    path = tmp_path / "form.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("survey")
    sheet.write_row(0, 0, ["type", "name", "label"])
    for row in range(5001):
        sheet.write_row(row + 1, 0, ["text", f"q{row}", "Q"])
    book.close()
    with pytest.raises(ParvisError, match="5000 rows"):
        read_form(path)


@pytest.mark.parametrize("name", ["form.xls", "form.pdf", "form", "form.xlsm"])
def test_other_kinds_of_file_are_refused(name):
    with pytest.raises(ParvisError, match="is not read"):
        read_form(b"anything", name)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ParvisError, match="cannot be opened"):
        read_form(tmp_path / "nowhere.xlsx")


def test_the_same_form_in_every_format_is_the_same(tmp_path):
    rows = {
        "survey": [
            ["type", "name", "label", "constraint"],
            ["integer", "a", "Âge", ". < 5"],
            ["select_one yn", "b", "B"],
        ],
        "choices": [["list_name", "name", "label"], ["yn", "1", "Oui"], ["yn", "0", "Non"]],
        "settings": [["form_id", "version"], ["f", 3]],
    }
    markdown = "\n".join(
        f"| {sheet} |\n" + "\n".join("| | " + " | ".join(map(str, row)) + " |" for row in table)
        for sheet, table in rows.items()
    )
    stream = io.StringIO()
    for sheet, table in rows.items():
        csv.writer(stream).writerows([[sheet], *(["", *row] for row in table)])
    book = xlsxwriter.Workbook(tmp_path / "form.xlsx")
    for sheet, table in rows.items():
        worksheet = book.add_worksheet(sheet)
        for number, row in enumerate(table):
            worksheet.write_row(number, 0, row)
    book.close()
    expected = read_form(markdown.encode(), "form.md")
    assert expected.question("a").constraint == ["<", ["."], 5]
    assert read_form(stream.getvalue().encode(), "form.csv") == expected
    assert read_form(tmp_path / "form.xlsx") == expected
    assert read_form(_ods(rows), "form.ods") == expected


def _ods(sheets: dict[str, list[list[object]]]) -> bytes:
    """The smallest OpenDocument spreadsheet."""
    tables = "".join(
        f'<table:table table:name="{sheet}">'
        + "".join("<table:table-row>" + "".join(map(_ods_cell, row)) + "</table:table-row>" for row in rows)
        + "</table:table>"
        for sheet, rows in sheets.items()
    )
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text", "manifest")
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {names}/>")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body>'
            f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        )
    return stream.getvalue()


def _ods_cell(value: object) -> str:
    text = str(value).replace("&", "&amp;").replace("<", "&lt;")
    kind = f'float" office:value="{value}' if isinstance(value, int) else "string"
    return f'<table:table-cell office:value-type="{kind}"><text:p>{text}</text:p></table:table-cell>'


@pytest.mark.parametrize(("forward", "fine"), [(False, True), (True, False)])
def test_a_long_chain_of_questions_is_settled_or_refused(forward, fine):
    names = [f"q{number}" for number in range(400)]
    seen = dict(pairwise(names if forward else reversed(names)))
    rows = "\n".join(f"| | text | {n} | L | {f'${{{seen[n]}}} != 1' if n in seen else ''} |" for n in names)
    content = f"| survey |\n| | type | name | label | relevant |\n{rows}\n".encode()
    assert loads_or_is_refused(content, "form.md") is fine
    if fine:
        checked = check_answers(read_form(content, "form.md"), dict.fromkeys(names, "2"), today=date(2026, 1, 1))
        assert len(checked.answers) == 400


def test_a_group_that_looks_at_its_own_question_is_a_circle():
    content = b"| survey |\n| | type | name | label | relevant |\n| | begin group | g | G | ${a} = 1 |\n"
    content += b"| | text | a | A | |\n| | end group | | | |\n"
    with pytest.raises(ParvisError, match="depends on itself"):
        read_form(content, "form.md")
