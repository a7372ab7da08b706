"""The tables of a Dataset: every column, its type, its allowed values (`docs/method/bundles.md` tells people)."""

from __future__ import annotations

from enum import StrEnum

from parvis.core.bundle.columns import DAY, Column, TableShape, number, text, whole, yes_no
from parvis.core.vocabulary import AnswerState, Channel, DelayKind, DelayUnit, Determinant, Outcome, Stage

DATASET_FORMAT = "parvis-dataset/1"  # moves when a column does


class HalfDay(StrEnum):
    MORNING = "am"
    AFTERNOON = "pm"


class PlaceKind(StrEnum):
    MAIN = "main"
    ANNEXE = "annexe"


class QuestionKind(StrEnum):
    RATING = "rating"
    CHOICE = "choice"
    TEXT = "text"
    PROFILE = "profile"


ORGANISATIONS = TableShape(
    "organisations",
    ("organisation",),
    (
        text("organisation"),
        text("type", null=True),
        text("category", null=True),
        whole("population", null=True),
        text("departement", null=True),
        text("region", null=True),
        text("name", null=True),
        yes_no("eligible"),
        yes_no("comparable"),
        text("identifier_scheme", null=True),
        text("identifier", null=True),
        text("channels", optional=True),  # planned channels, separated by spaces; null: those that were contacted
        whole("visits", optional=True),  # of a year, as the body counts them; null: it told none
    ),
)
PLACES = TableShape(
    "places",
    ("place",),
    (
        text("place"),
        text("organisation"),
        text("kind", values=PlaceKind),
        text("service", null=True),
        number("weight", null=True),
    ),
)
CRITERIA = TableShape(
    "criteria",
    ("criterion",),
    (
        text("criterion"),
        text("channel", values=Channel),
        text("stage", null=True, values=Stage),
        text("determinant", null=True, values=Determinant),
        number("weight"),  # 0: an indicator that is reported and not scored
        yes_no("critical"),
        yes_no("subjective"),
        text("label_fr", null=True),
        text("label_en", null=True),
        text("source", null=True),
    ),
)
OBSERVATIONS = TableShape(
    "observations",
    ("observation",),
    (
        text("observation"),
        text("organisation"),
        text("place"),
        text("channel", values=Channel),
        text("observer", null=True),
        text("scenario", null=True),
        Column("day", DAY, nullable=True),
        text("half_day", null=True, values=HalfDay),
        text("outcome", values=Outcome),
        text("double_of", null=True),
    ),
)
ANSWERS = TableShape(
    "answers",
    ("observation", "criterion"),
    (
        text("observation"),
        text("criterion"),
        text("state", values=AnswerState),
        number("value", null=True),
        text("raw", null=True),
    ),
)
DELAYS = TableShape(
    "delays",
    ("observation", "kind"),
    (
        text("observation"),
        text("kind", values=DelayKind),
        number("amount"),
        text("unit", values=DelayUnit),
        yes_no("censored"),
    ),
)
RESPONSES = TableShape(
    "responses",
    ("response",),
    (
        text("response"),
        text("organisation"),
        text("place", null=True),
        text("entry_point", null=True),
        text("channel", null=True),
        Column("day", DAY, nullable=True),
        text("language", null=True),
        yes_no("qualified"),
        number("base_weight"),
        yes_no("completed", optional=True),
    ),
)
QUESTIONS = TableShape(
    "questions",
    ("question",),
    (
        text("question"),
        text("kind", values=QuestionKind),
        text("determinant", null=True, values=Determinant),
        number("scale_low", null=True),
        number("scale_high", null=True),
        text("label_fr", null=True),
        text("label_en", null=True),
    ),
)
MARGINS = TableShape(
    "margins",
    ("territory", "variable", "level"),
    (text("territory"), text("variable"), text("level"), number("total")),
)
ENTRY_POINTS = TableShape(
    "entry_points",
    ("organisation", "entry_point"),
    (text("organisation"), text("entry_point"), whole("opened"), whole("started"), whole("completed")),
    optional=True,
)

DATASET_TABLES = {
    shape.name: shape
    for shape in (
        ORGANISATIONS,
        PLACES,
        CRITERIA,
        OBSERVATIONS,
        ANSWERS,
        DELAYS,
        RESPONSES,
        QUESTIONS,
        MARGINS,
        ENTRY_POINTS,
    )
}
