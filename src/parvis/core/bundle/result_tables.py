"""The tables of a Result: every column, its type, its allowed values (`docs/method/bundles.md` tells people)."""

from __future__ import annotations

from enum import StrEnum

from parvis.core.bundle.columns import TableShape, number, text, whole, yes_no
from parvis.core.bundle.dataset_tables import CRITERIA, ORGANISATIONS, QUESTIONS
from parvis.core.vocabulary import Band, Channel, DelayKind, DelayUnit, Outcome, Source, Status, Verdict

RESULT_FORMAT = "parvis-result/1"  # moves when a column does


class SubjectKind(StrEnum):
    """Whose figure it is. A contact or a place never stands in a palmarès."""

    ORGANISATION = "organisation"
    PLACE = "place"
    CATEGORY = "category"
    NATION = "nation"


class MeasureKind(StrEnum):
    """What the figure is about. Indicators and questions carry their own unit and never enter a score."""

    OVERALL = "overall"
    CHANNEL = "channel"
    STAGE = "stage"
    DETERMINANT = "determinant"
    CRITERION = "criterion"
    INDICATOR = "indicator"
    QUESTION = "question"


ESTIMATES = TableShape(
    "estimates",
    ("subject_kind", "subject", "source", "measure_kind", "measure", "channel"),
    (
        text("subject_kind", values=SubjectKind),
        text("subject"),
        text("source", values=Source),
        text("measure_kind", values=MeasureKind),
        text("measure"),
        text("channel", null=True, values=Channel),
        number("value", null=True),
        number("standard_error", null=True),
        number("low", null=True),
        number("high", null=True),
        whole("n", null=True),
        number("n_effective", null=True),
        number("degrees_of_freedom", null=True),
        text("status", values=Status),
        text("reason"),
    ),
)
RANKS = TableShape(
    "ranks",
    ("category", "organisation"),
    (
        text("category"),
        text("organisation"),
        whole("rank", null=True),
        whole("rank_low", null=True),
        whole("rank_high", null=True),
        yes_no("level_with_first", null=True),
        number("expected_rank", null=True),
        number("probability_first", null=True),
        text("status", values=Status),
    ),
)
BANDS = TableShape(
    "bands",
    ("category", "organisation", "measure"),
    (
        text("category"),
        text("organisation"),
        text("measure"),
        number("z", null=True),
        number("z_adjusted", null=True),
        text("band", null=True, values=Band),
        number("expected_low", null=True, optional=True),
        number("expected_high", null=True, optional=True),
    ),
)
CHANGES = TableShape(
    "changes",
    ("subject_kind", "subject", "measure"),
    (
        text("subject_kind", values=SubjectKind),
        text("subject"),
        text("measure"),
        number("before", null=True),
        number("after", null=True),
        number("difference", null=True),
        number("low", null=True),
        number("high", null=True),
        text("verdict", values=Verdict),
    ),
)
OBSERVERS = TableShape(
    "observers",
    ("observer",),
    (
        text("observer"),
        number("severity", null=True),
        number("standard_error", null=True),
        whole("observations"),
    ),
)
PARTICIPATION = TableShape(
    "participation",
    ("organisation", "entry_point"),
    (
        text("organisation"),
        text("entry_point", null=True),  # null: all entry points of the organisation
        whole("opened", null=True),
        whole("started", null=True),
        whole("completed", null=True),
        whole("qualified", null=True),
        number("per_1000_inhabitants", null=True),
        number("per_1000_visits", optional=True),
    ),
)
DISCLOSURE = TableShape(
    "disclosure",
    ("table", "cell", "rule"),
    (text("table"), text("cell"), text("rule"), text("status", values=Status)),
)
CONTACTS = TableShape(
    "contacts",
    ("observation",),
    (
        text("observation"),
        text("organisation"),
        text("place"),
        text("channel", values=Channel),
        text("outcome", values=Outcome),
        number("score", null=True),
        number("applicable_weight"),
        number("grid_weight"),
        yes_no("counted"),
        text("reason"),
    ),
    optional=True,
)
CELLS = TableShape(
    "cells",
    ("organisation", "channel", "criterion"),
    (
        text("organisation"),
        text("channel", values=Channel),
        text("criterion"),
        whole("marked"),
        number("marked_total"),
        whole("not_reached"),
        number("not_reached_total"),
    ),
    optional=True,
)
CHAIN = TableShape(
    "chain",
    ("organisation", "channel", "place"),
    (
        text("organisation"),
        text("channel", values=Channel),
        text("place"),
        number("place_weight", null=True),
        number("channel_weight", null=True),
        number("score", null=True),
        number("standard_error", null=True),
        number("degrees_of_freedom", null=True),
        whole("contacts"),
        whole("not_reached"),
        whole("our_failure"),
        whole("low_coverage"),
        whole("unmarked"),
    ),
    optional=True,
)
DELAY_CURVES = TableShape(
    "delay_curves",
    ("subject_kind", "subject", "channel", "kind", "unit", "at"),
    (
        text("subject_kind", values=SubjectKind),
        text("subject"),
        text("channel", values=Channel),
        text("kind", values=DelayKind),
        text("unit", values=DelayUnit),
        number("at"),
        number("share", null=True),
        number("standard_error", null=True),
        number("low", null=True),
        number("high", null=True),
        whole("at_risk", null=True),
        whole("events", null=True),
        text("status", values=Status),
    ),
    optional=True,
)
DIAGNOSTICS = TableShape(
    "diagnostics",
    ("piece", "subject", "measure"),
    (text("piece"), text("subject"), text("measure"), number("value", null=True), text("text", null=True)),
    optional=True,
)
RESULT_ORGANISATIONS = TableShape("organisations", ORGANISATIONS.key, ORGANISATIONS.columns, optional=True)
RESULT_CRITERIA = TableShape("criteria", CRITERIA.key, CRITERIA.columns, optional=True)
RESULT_QUESTIONS = TableShape("questions", QUESTIONS.key, QUESTIONS.columns, optional=True)

RESULT_TABLES = {
    shape.name: shape
    for shape in (
        ESTIMATES,
        RANKS,
        BANDS,
        CHANGES,
        OBSERVERS,
        PARTICIPATION,
        DISCLOSURE,
        CONTACTS,
        CELLS,
        CHAIN,
        DELAY_CURVES,
        DIAGNOSTICS,
        RESULT_ORGANISATIONS,
        RESULT_CRITERIA,
        RESULT_QUESTIONS,
    )
}
# Tables of the organiser's bundle that name single contacts or observers: left out of what others receive.
ORGANISER_ONLY = ("observers", "contacts", "cells", "chain")
