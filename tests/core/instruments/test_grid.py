"""XLSForms to grids: a whole form as a table, then each fault with its sheet, its row and its remedy."""

import json

import pytest

from parvis.core.instruments.form import Grid, Measure, QuestionKind, form_from_json, scale_of
from parvis.core.instruments.grid import read_form, read_grid, read_questionnaire, to_xform
from parvis.core.vocabulary import Channel, Criterion, DelayKind, Determinant, ParvisError, Stage, Text

PHONE = """
| survey   |                   |          |                    |                     |                 |           |             |                |        |          |                        |         |             |
|          | type              | name     | label::French (fr) | label::English (en) | relevant        | criterion | stage       | determinant    | weight | critical | score_bands            | delay   | source      |
|          | select_one ended  | outcome  | Joint ?            | Reached?            |                 |           |             |                |        |          |                        |         |             |
|          | begin group       | access   | Accès              | Access              | ${outcome} = 'reached' |    |             |                |        |          |                        |         |             |
|          | integer           | rings    | Sonneries          | Rings               |                 | P1        | access      | responsiveness | 2      |          | <=5:1; <=8:0.5; else:0 | pick_up | Marianne    |
|          | select_one yesno  | greeting | Bonjour ?          | Greeting?           | ${rings} < 20   | P2        | orientation | courtesy       |        | yes      |                        |         | Qual-e-Pref |
|          | end group         | access   |                    |                     |                 |           |             |                |        |          |                        |         |             |
|          | text              | comment  | Remarques          | Remarks             |                 |           |             |                |        |          |                        |         |             |
| choices  |                   |          |                    |                     |                 |           |             |                |        |          |                        |         |             |
|          | list_name         | name     | label::French (fr) | label::English (en) | score           |           |             |                |        |          |                        |         |             |
|          | ended             | reached  | Oui                | Yes                 |                 |           |             |                |        |          |                        |         |             |
|          | ended             | not_reached | Non             | No                  |                 |           |             |                |        |          |                        |         |             |
|          | yesno             | yes      | Oui                | Yes                 | 1               |           |             |                |        |          |                        |         |             |
|          | yesno             | no       | Non                | No                  | 0               |           |             |                |        |          |                        |         |             |
|          | yesno             | na       | Sans objet         | Does not apply      | na              |           |             |                |        |          |                        |         |             |
| settings |                   |          |                    |                     |                 |           |             |                |        |          |                        |         |             |
|          | form_title        | title_en | form_id            | version             | channel         |           |             |                |        |          |                        |         |             |
|          | Téléphone         | Phone    | phone              | 7                   | phone           |           |             |                |        |          |                        |         |             |
"""  # noqa: E501


def read(table: str):
    return read_form(table.encode(), "form.md")


def faults(table: str) -> list[tuple[str, str, str]]:
    """Code, sheet and row of every fault."""
    with pytest.raises(ParvisError) as refused:
        read(table)
    for fault in refused.value.faults:
        assert all((fault.what.fr, fault.what.en, fault.remedy.fr, fault.remedy.en))
    return [(f.code, f.where.get("sheet", ""), f.where.get("row", "")) for f in refused.value.faults]


def test_a_grid_is_what_its_table_says():
    grid = read(PHONE)
    assert isinstance(grid, Grid)
    assert (grid.code, grid.version, grid.channel) == ("phone", "7", Channel.PHONE)
    assert (grid.title("fr"), grid.title("en"), grid.languages) == ("Téléphone", "Phone", ("fr", "en"))
    rings, greeting = Text("Sonneries", "Rings"), Text("Bonjour ?", "Greeting?")
    assert grid.criteria == (
        Criterion("P1", Channel.PHONE, Stage.ACCESS, Determinant.RESPONSIVENESS, 2.0, rings, "Marianne"),
        Criterion(
            "P2", Channel.PHONE, Stage.ORIENTATION, Determinant.COURTESY, 1.0, greeting, "Qual-e-Pref", critical=True
        ),
    )
    assert [(page.name, [q.name for q in page.questions]) for page in grid.pages] == [
        ("page_outcome", ["outcome"]),
        ("access", ["rings", "greeting"]),
        ("page_comment", ["comment"]),
    ]
    reached = ["=", ["$", "outcome"], "reached"]
    assert grid.question("rings").relevant == reached
    assert grid.question("rings").delay is DelayKind.PICK_UP
    assert grid.question("greeting").relevant == ["and", reached, ["<", ["$", "rings"], 20]]
    assert [(c.name, c.score, c.not_applicable) for c in grid.question("greeting").choices] == [
        ("yes", 1.0, False),
        ("no", 0.0, False),
        ("na", None, True),
    ]


CITIZENS = """
| survey  |                   |         |              |             |         |
|         | type              | name    | label        | determinant | measure |
|         | range             | overall | Avis         |             | rating  |
|         | select_one marks  | waiting | Attente      | waiting     |         |
|         | select_one ages   | age     | Âge          |             | profile |
|         | text              | words   | Mots         |             |         |
| choices |                   |         |              |             |         |
|         | list_name         | name    | label        | score       |         |
|         | marks             | 1       | Bas          |             |         |
|         | marks             | 4       | Haut         |             |         |
|         | marks             | 99      | Non concerné | na          |         |
|         | ages              | 15_29   | Jeune        |             |         |
|         | ages              | 30_44   | Moins        |             |         |
"""


@pytest.mark.parametrize("table", [PHONE, CITIZENS])
def test_what_is_stored_is_what_was_read(table):
    form = read(table)
    stored = json.dumps(form.to_json(), ensure_ascii=False)
    assert form_from_json(json.loads(stored)) == form


def test_a_form_without_criteria_is_a_questionnaire():
    questionnaire = read(CITIZENS)
    assert [(q.name, q.measure, scale_of(q)) for q in questionnaire.measured()] == [
        ("overall", Measure.RATING, (1.0, 10.0)),
        ("waiting", Measure.RATING, (1.0, 4.0)),
        ("age", Measure.PROFILE, None),
        ("words", Measure.TEXT, None),
    ]
    assert questionnaire.question("waiting").determinant is Determinant.WAITING
    assert questionnaire.languages == ("fr",)


def test_a_range_keeps_its_bounds_and_counts_in_whole_steps():
    question = read(
        """
        | survey |       |      |       |                        |
        |        | type  | name | label | parameters             |
        |        | range | mark | Note  | start=0 end=10 step=1  |
        |        | range | size | Taille | start=0 end=1 step=0.1 |
        """
    )
    assert (question.question("mark").kind, scale_of(question.question("mark"))) == (QuestionKind.INTEGER, (0, 10))
    assert question.question("size").kind is QuestionKind.DECIMAL


def test_asking_for_the_other_kind_of_form_says_so():
    with pytest.raises(ParvisError, match="this form is a grid"):
        read_questionnaire(PHONE.encode(), "form.md")
    with pytest.raises(ParvisError, match="this form is not a grid"):
        read_grid(b"| survey |\n| | type | name | label |\n| | text | a | A |\n", "form.md")


def test_all_faults_come_at_once_each_with_its_row():
    table = """
    | survey   |                   |        |       |                 |           |        |             |        |             |        |
    |          | type              | name   | label | relevant        | criterion | stage  | determinant | weight | score_bands | source |
    |          | select_one yesno  | a      | A     | pulldata('x')   | P1        | access | courtesy    | heavy  |             | S      |
    |          | integer           | b      | B     | ${nobody} = 1   | P1        | arrival | courtesy   | 1      | <=5:2       |        |
    |          | geopoint          | c      | C     |                 |           |        |             |        |             |        |
    |          | selekt_one yesno  | d      | D     |                 |           |        |             |        |             |        |
    |          | text              | e      |       | ${f} = 1        |           |        |             |        |             |        |
    |          | calculate         | f      |       | ${e} = 1        |           | access |             |        |             |        |
    |          | text              | e      | E     |                 |           |        |             |        |             |        |
    | choices  |                   |        |       |                 |           |        |             |        |             |        |
    |          | list_name         | name   | label | score           |           |        |             |        |             |        |
    |          | yesno             | yes    | Oui   | 1               |           |        |             |        |             |        |
    |          | yesno             | no     | Non   |                 |           |        |             |        |             |        |
    |          | yesno             | maybe  | Peut-être | lots        |           |        |             |        |             |        |
    | settings |                   |        |       |                 |           |        |             |        |             |        |
    |          | channel           |        |       |                 |           |        |             |        |             |        |
    |          | pigeon            |        |       |                 |           |        |             |        |             |        |
    """  # noqa: E501
    found = faults(table)
    assert set(found) >= {
        ("channel_unknown", "settings", "2"),
        ("expression", "survey", "2"),
        ("weight_range", "survey", "2"),
        ("criterion_twice", "survey", "3"),
        ("stage_unknown", "survey", "3"),
        ("source_absent", "survey", "3"),
        ("score_bands", "survey", "3"),
        ("reference", "survey", "3"),
        ("type_refused", "survey", "4"),
        ("type_unknown", "survey", "5"),
        ("label_absent", "survey", "6"),
        ("criterion_absent", "survey", "7"),
        ("name_twice", "survey", "8"),
        ("score_absent", "choices", "3"),
        ("score_range", "choices", "4"),
    }
    order = [({"settings": 0, "survey": 1, "choices": 2}[sheet], int(row)) for _, sheet, row in found if sheet]
    assert order == sorted(order)


def test_logic_that_goes_round_in_circles_is_refused():
    table = """
    | survey |           |      |       |             |             |
    |        | type      | name | label | relevant    | calculation |
    |        | text      | a    | A     | ${c} > 1    |             |
    |        | text      | b    | B     | ${a} != ''  |             |
    |        | calculate | c    |       |             | ${b} + 1    |
    |        | text      | d    | D     | ${a} != ''  |             |
    """
    assert {found for found in faults(table) if found[0] == "circle"} == {
        ("circle", "survey", "2"),
        ("circle", "survey", "3"),
        ("circle", "survey", "4"),
    }


@pytest.mark.parametrize(
    ("header", "meant"),
    [("Criterion", "criterion"), ("score bands", "score_bands"), ("determinent", "determinant"), ("Weight ", "weight"),
     ("relevent", "relevant"), ("sub-jective", "subjective")],
)  # fmt: skip
def test_a_column_that_would_silently_be_unread_is_a_fault(header, meant):
    table = f"| survey |\n| | type | name | label | {header} |\n| | text | a | A | |\n"
    with pytest.raises(ParvisError) as refused:
        read(table)
    fault = refused.value.faults[0]
    assert (fault.code, fault.where["sheet"], fault.where["row"]) == ("column_misspelt", "survey", "1")
    assert f"“{meant}”" in fault.remedy.en


def test_a_column_of_ones_own_is_left_alone_and_told():
    form = read("| survey |\n| | type | name | label | seen by |\n| | text | a | A | Zoé |\n")
    assert form.ignored_columns == ("seen by",)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("select_multiple yesno | a | A | P1 | | ", "criterion_kind"),
        ("text | a | A | P1 | | ", "criterion_kind"),
        ("select_one yesno or_other | a | A | P1 | | ", "criterion_kind"),
        ("integer | a | A | P1 | | ", "score_bands"),
        ("integer | a | A | P1 | <=5:1 | ", "score_bands"),
        ("integer | a | A | P1 | else:0; <=5:1 | ", "score_bands"),
        ("integer | a | A | 1P | else:0 | ", "criterion_code"),
        ("select_one unscored | a | A | P1 | | ", "score_absent"),
        ("begin repeat | a | A | | | ", "type_refused"),
        ("audio | a | A | | | ", "type_refused"),
        ("text | a | A ${a} | | | ", "label_quotes"),
        ("text | a | A | | | today()", "default_computed"),
        ("select_one nothere | a | A | | | ", "xlsform"),
        ("text | 1a | A | | | ", "xlsform"),
    ],
)
def test_each_fault_has_its_code(row, code):
    closing = "| | end repeat | | | | | | | |\n" if row.startswith("begin") else ""
    table = (
        "| survey |\n| | type | name | label | criterion | score_bands | default | stage | determinant | source |\n"
        f"| | {row} | access | courtesy | S |\n| | text | z | Z | | | | | | |\n{closing}"
        "| choices |\n| | list_name | name | label | score |\n| | yesno | yes | Oui | 1 |\n| | yesno | no | Non | 0 |\n"
        "| | unscored | x | X | |\n| settings |\n| | channel |\n| | phone |\n"
    )
    if "P1" not in row and "1P" not in row:
        table = table.replace("access | courtesy | S", " | | ")
    assert code in [found for found, _, _ in faults(table)]


def test_a_grid_without_a_criterion_is_refused():
    table = "| survey |\n| | type | name | label |\n| | text | a | A |\n| settings |\n| | channel |\n| | email |\n"
    assert faults(table) == [("criteria_absent", "settings", "2")]


def test_an_outcome_question_keeps_to_the_words_of_the_method():
    assert ("outcome", "survey", "2") in faults(PHONE.replace("| reached  |", "| answered |"))


def test_phones_get_the_form_without_what_answers_are_worth():
    xml = to_xform(PHONE.encode(), "form.md")
    assert xml == to_xform(PHONE.encode(), "form.md")
    assert "<select1" in xml
    assert "Sonneries" in xml
    for secret in ("score", "Marianne", "0.5", "Qual-e-Pref", "weight"):
        assert secret not in xml
