"""What citizens said: one row for each response, one column for each question, codes as given, no free text.

Answers about a body that is not enrolled are pooled by département: they count in territory and national figures, and
no figure can be made of the body itself. Profiles too rare within a body lose their rarest part before they leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from django.db.models import F, TextField
from django.db.models.functions import Cast

from parvis.core.bundle import DATASET_TABLES
from parvis.core.instruments.form import Form, Measure, Question, form_from_json, scale_of
from parvis.web.consultation.models import EntryPointDay, Response
from parvis.web.editions.models import Edition, Enrolment, Instrument
from parvis.web.results.dataset.keys import organisation_key, place_key
from parvis.web.territory.models import Organisation

PROFILE_FLOOR = 5  # respondents of one body who share a profile, at least
POOL = "x"  # begins the key of bodies that are not enrolled, together
_COLUMNS = ("uuid", "organisation_id", "place_id", "entry_point_kind", "entry_point_code", "day", "language",
            "quarantined", "completed", "said")  # fmt: skip


def consultation_tables(edition: Edition, instruments: Mapping[str, Instrument]) -> dict[str, pa.Table]:
    """The tables of the consultation, and `elsewhere`: the rows that the table of organisations lacks."""
    citizen = instruments.get(Instrument.CITIZEN)
    form = form_from_json(citizen.compiled) if citizen is not None else None
    columns = _read(edition)
    pools = _pools(edition, columns["organisation_id"])
    return {
        "responses": _responses(columns, pools, form),
        "questions": _questions(form),
        "margins": DATASET_TABLES["margins"].schema().empty_table(),
        "entry_points": _entry_points(edition, pools),
        "elsewhere": _elsewhere(pools),
    }


def _read(edition: Edition) -> dict[str, list[Any]]:
    """The responses of the edition in one read, column by column; answers stay text."""
    rows = (
        Response.objects.filter(edition=edition)
        .annotate(
            said=Cast("answers", TextField()), entry_point_kind=F("entry_point__kind"),
            entry_point_code=F("entry_point__code"),
        )
        .order_by("uuid")
        .values_list(*_COLUMNS)
    )  # fmt: skip
    found = list(zip(*rows.iterator(chunk_size=20_000), strict=True)) or [()] * len(_COLUMNS)
    return {name: list(values) for name, values in zip(_COLUMNS, found, strict=True)}


def _pools(edition: Edition, organisations: Iterable[int]) -> dict[int, Organisation]:
    """The bodies that were told about without being enrolled."""
    enrolled = set(edition.enrolments.filter(state=Enrolment.State.ACCEPTED).values_list("organisation", flat=True))
    others = sorted(set(organisations) - enrolled)
    found: dict[int, Organisation] = {}
    for start in range(0, len(others), 500):
        found |= Organisation.objects.in_bulk(others[start : start + 500])
    return found


def _pool_key(body: Organisation) -> str:
    return f"{POOL}-{body.departement or 'r' + body.region}"


def _elsewhere(pools: Mapping[int, Organisation]) -> pa.Table:
    bodies = {_pool_key(body): body for body in pools.values()}
    rows = [
        {
            "organisation": key,
            "departement": body.departement or None,
            "region": body.region or None,
            "eligible": False,
            "comparable": False,
            "channels": "",
        }
        for key, body in sorted(bodies.items())
    ]
    return pa.Table.from_pylist(rows, schema=DATASET_TABLES["organisations"].schema())


def _responses(columns: Mapping[str, list[Any]], pools: Mapping[int, Organisation], form: Form | None) -> pa.Table:
    measured = _exported(form)
    holders = [_holder(pk, pools) for pk in columns["organisation_id"]]
    inside = [pk not in pools for pk in columns["organisation_id"]]
    said = _answers(columns["said"], measured)
    _protect(said, holders, [q.name for q in measured if q.measure is Measure.PROFILE])
    size = len(holders)
    ways = zip(inside, columns["entry_point_kind"], columns["entry_point_code"], strict=True)
    given = {
        "response": [uuid.hex for uuid in columns["uuid"]],
        "organisation": holders,
        "place": [place_key(pk) if here and pk else None for here, pk in zip(inside, columns["place_id"], strict=True)],
        "entry_point": [f"{kind}-{code}" if here else None for here, kind, code in ways],
        "channel": said.pop("channel", [None] * size),
        "day": columns["day"],
        "language": columns["language"],
        "qualified": [not aside for aside in columns["quarantined"]],
        "base_weight": [1.0] * size,
        "completed": columns["completed"],
    }
    fixed = pa.table(given, schema=DATASET_TABLES["responses"].schema())
    for name, values in said.items():
        fixed = fixed.append_column(pa.field(name, pa.string()), pa.array(values, pa.string()))
    return fixed


def _exported(form: Form | None) -> list[Question]:
    """The questions that leave: everything that is measured but free text."""
    questions = form.questions if form is not None else ()
    return [q for q in questions if q.measure is not None and q.measure is not Measure.TEXT]


def _holder(organisation: int, pools: Mapping[int, Organisation]) -> str:
    return _pool_key(pools[organisation]) if organisation in pools else organisation_key(organisation)


def _answers(said: Sequence[str], questions: Sequence[Question]) -> dict[str, list[str | None]]:
    """One column of text per question, out of the answers as the database keeps them."""
    if not questions or not said:
        return {question.name: [None] * len(said) for question in questions}
    paths = [f'$."{question.name}"' for question in questions]
    with duckdb.connect() as engine:
        engine.register("given", pa.table({"row": range(len(said)), "said": pa.array(said, pa.string())}))
        asked = "SELECT json_extract_string(said, ?) AS told FROM given ORDER BY row"
        found = engine.sql(asked, params=[paths]).to_arrow_table()
    told = found["told"].combine_chunks()
    flat, width = told.flatten(), len(paths)
    columns = {
        question.name: flat.take(pa.array(range(rank, len(flat), width))).to_pylist()
        for rank, question in enumerate(questions)
    }
    return {name: [_plain(value) for value in values] for name, values in columns.items()}


def _plain(value: str | None) -> str | None:
    """Several choices stand as a list; they leave as spaced words."""
    if value and value.startswith("["):
        return " ".join(part.strip(' "') for part in value.strip("[]").split(","))
    return value


def _protect(said: dict[str, list[str | None]], holders: Sequence[str], profile: Sequence[str]) -> None:
    """Blank, last variable first, the profiles that too few respondents of a body share."""
    for kept in range(len(profile), 0, -1):
        names = profile[:kept]
        combinations = list(zip(holders, *(said[name] for name in names), strict=True))
        counts = Counter(combinations)
        last = said[names[-1]]
        for row, combination in enumerate(combinations):
            if last[row] is not None and counts[combination] < PROFILE_FLOOR:
                last[row] = None


def _questions(form: Form | None) -> pa.Table:
    rows = [
        {
            "question": question.name,
            "kind": str(question.measure),
            "determinant": str(question.determinant) if question.determinant else None,
            "scale_low": (scale_of(question) or (None, None))[0],
            "scale_high": (scale_of(question) or (None, None))[1],
            "label_fr": question.label("fr"),
            "label_en": question.label("en"),
        }
        for question in _exported(form)
    ]
    return pa.Table.from_pylist(rows, schema=DATASET_TABLES["questions"].schema())


def _entry_points(edition: Edition, pools: Mapping[int, Organisation]) -> pa.Table:
    """Openings, starts and completions of enrolled bodies, by way in."""
    names = ("entry_point__organisation", "entry_point__kind", "entry_point__code", "opened", "started", "completed")
    days = EntryPointDay.objects.filter(entry_point__edition=edition)
    counts: dict[tuple[str, str], Counter[str]] = {}
    for pk, kind, code, *numbers in days.values_list(*names).iterator():
        if pk not in pools:
            key = (organisation_key(pk), f"{kind}-{code}")
            counts.setdefault(key, Counter()).update(dict(zip(names[3:], numbers, strict=True)))
    rows = [
        {"organisation": organisation, "entry_point": point, **{name: found[name] for name in names[3:]}}
        for (organisation, point), found in sorted(counts.items())
    ]
    return pa.Table.from_pylist(rows, schema=DATASET_TABLES["entry_points"].schema())
