"""What citizens said: one row for each response, one column for each question, codes as given, no free text.

Answers about a body that is not enrolled are pooled by département: they count in territory and national figures, and
no figure can be made of the body itself. Profiles too rare within a body lose their rarest part before they leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from parvis.core.bundle import DATASET_TABLES
from parvis.core.instruments.form import Form, Measure, Question, form_from_json, scale_of
from parvis.web.consultation.models import EntryPoint, EntryPointDay, PopulationMargins, Response
from parvis.web.consultation.queries import enrolled_bodies
from parvis.web.editions.models import Edition, Enrolment, Instrument
from parvis.web.results.dataset.keys import organisation_key, place_key
from parvis.web.results.dataset.unloading import unloaded
from parvis.web.territory.models import Organisation

PROFILE_FLOOR = 5  # respondents of one body who share a profile, at least
POOL = "x"  # begins the key of bodies that are not enrolled, together
_READ = pa.schema(
    {
        "uuid": pa.string(), "organisation_id": pa.int64(), "place_id": pa.int64(), "entry_point_id": pa.int64(),
        "day": pa.date32(), "language": pa.string(), "quarantined": pa.bool_(), "completed": pa.bool_(),
        "answers": pa.string(),
    }
)  # fmt: skip
_Columns = dict[str, pa.Array]


def consultation_tables(edition: Edition, instruments: Mapping[str, Instrument]) -> dict[str, pa.Table]:
    """The tables of the consultation, and `elsewhere`: the rows that the table of organisations lacks."""
    citizen = instruments.get(Instrument.CITIZEN)
    form = form_from_json(citizen.compiled) if citizen is not None else None
    rows, said = _read(edition, _exported(form))
    pools = _pools(edition, pc.unique(rows["organisation_id"]).to_pylist())
    return {
        "responses": _responses(rows, said, pools, _ways(edition), form),
        "questions": _questions(form),
        "margins": _margins(edition),
        "entry_points": _entry_points(edition, pools),
        "elsewhere": _elsewhere(pools),
    }


def _margins(edition: Edition) -> pa.Table:
    """The population figures that the organiser deposited; bodies go by their key, like everywhere in a dataset."""
    found = PopulationMargins.objects.filter(edition=edition).values_list("rows", flat=True).first() or []
    enrolled = enrolled_bodies(edition).values_list("identifier", "pk")
    keys = {identifier: organisation_key(pk) for identifier, pk in enrolled} if found else {}
    rows = [{"territory": keys.get(territory, territory), "variable": variable, "level": level, "total": total}
            for territory, variable, level, total in found]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=DATASET_TABLES["margins"].schema())


def _read(edition: Edition, questions: Sequence[Question]) -> tuple[_Columns, _Columns]:
    """The responses of the edition in the order of their numbers: their columns, and one for each question."""
    rows: list[pa.Table] = []
    said: list[pa.Table] = []
    with duckdb.connect() as engine:
        for part in unloaded(Response, _READ, edition.pk):
            rows.append(part.drop_columns(["answers"]))
            said.append(_answers(part["answers"], questions, engine))
    if not rows:
        return {name: pa.array([], kind) for name, kind in zip(_READ.names, _READ.types, strict=True)}, {
            question.name: pa.array([], pa.string()) for question in questions
        }
    order = pc.sort_indices(pa.chunked_array([part["uuid"].combine_chunks() for part in rows]))
    return _sorted(rows, order), _sorted(said, order)


def _sorted(parts: list[pa.Table], order: pa.Array) -> _Columns:
    """The columns of all parts one after another, rows in the order given; parts are emptied."""
    whole = pa.concat_tables(parts).unify_dictionaries()
    parts.clear()
    laid: _Columns = {}
    for name in whole.column_names:
        column = _one(whole[name]).take(order)
        whole = whole.drop_columns([name])
        laid[name] = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    return laid


def _ways(edition: Edition) -> dict[int, str]:
    """The ways in of the edition by their number: kind and code."""
    found = EntryPoint.objects.filter(edition=edition).values_list("pk", "kind", "code")
    return {pk: f"{kind}-{code}" for pk, kind, code in found}


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


def _responses(
    rows: _Columns, said: _Columns, pools: Mapping[int, Organisation], ways: Mapping[int, str], form: Form | None
) -> pa.Table:
    bodies = rows["organisation_id"].dictionary_encode()
    holders = _for_each(bodies, lambda pk: _holder(pk, pools), pa.string())
    inside = _for_each(bodies, lambda pk: pk not in pools, pa.bool_())
    _protect(said, holders, [q.name for q in _exported(form) if q.measure is Measure.PROFILE])
    size = len(holders)
    places = _for_each(rows["place_id"].dictionary_encode(), place_key, pa.string())
    points = _for_each(rows["entry_point_id"].dictionary_encode(), lambda pk: ways[pk], pa.string())
    none = pa.nulls(size, pa.string())
    given = {
        "response": pc.replace_substring(rows["uuid"], "-", ""),
        "organisation": holders,
        "place": pc.if_else(inside, places, none),
        "entry_point": pc.if_else(inside, points, none),
        "channel": said.get("channel", none),
        "day": rows["day"],
        "language": rows["language"],
        "qualified": pc.invert(rows["quarantined"]),
        "base_weight": np.ones(size),
        "completed": rows["completed"],
    }
    fixed = pa.table(given, schema=DATASET_TABLES["responses"].schema())
    for name, values in said.items():
        if name != "channel":
            fixed = fixed.append_column(pa.field(name, pa.string()), values)
    return fixed


def _one(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array


def _for_each(codes: pa.DictionaryArray, told: Callable[[Any], Any], kind: pa.DataType) -> pa.Array:
    """What is told of each row by its code, worked out once for each code."""
    return pa.array([told(each) for each in codes.dictionary.to_pylist()], kind).take(codes.indices)


def _exported(form: Form | None) -> list[Question]:
    """The questions that leave: everything that is measured but free text."""
    questions = form.questions if form is not None else ()
    return [q for q in questions if q.measure is not None and q.measure is not Measure.TEXT]


def _holder(organisation: int, pools: Mapping[int, Organisation]) -> str:
    return _pool_key(pools[organisation]) if organisation in pools else organisation_key(organisation)


def _answers(said: pa.ChunkedArray, questions: Sequence[Question], engine: duckdb.DuckDBPyConnection) -> pa.Table:
    """One column of text per question, each answer written once, out of the answers as the database keeps them."""
    if not questions:
        return pa.table({})
    paths = [f'$."{question.name}"' for question in questions]
    engine.register("given", pa.table({"said": said}))
    # without ORDER BY, the engine keeps the rows of a single table in their order
    found = engine.sql("SELECT json_extract_string(said, ?) AS told FROM given", params=[paths]).to_arrow_table()
    flat, width = _one(found["told"]).flatten(), len(paths)
    return pa.table(
        {
            question.name: _plain(flat.take(pa.array(np.arange(rank, len(flat), width)))).dictionary_encode()
            for rank, question in enumerate(questions)
        }
    )


def _plain(values: pa.Array) -> pa.Array:
    """Several choices stand as a list; they leave as spaced words."""
    several = pc.fill_null(pc.starts_with(values, "["), False)
    if not pc.any(several).as_py():
        return values
    written = values.filter(several).dictionary_encode()
    words = _for_each(
        written, lambda value: " ".join(part.strip(' "') for part in value.strip("[]").split(",")), pa.string()
    )
    return pc.replace_with_mask(values, several, words)


def _protect(said: dict[str, pa.Array], holders: pa.Array, profile: Sequence[str]) -> None:
    """Blank, last variable first, the profiles that too few respondents of a body share."""
    shared = _numbered(holders)
    for name in profile:
        # a combination of the body and of the variables so far; an answer that is missing is one more answer
        own = _numbered(said[name])
        shared = np.unique(shared * (int(own.max(initial=0)) + 1) + own, return_inverse=True)[1]
        rare = np.bincount(shared)[shared] < PROFILE_FLOOR
        said[name] = pc.if_else(pa.array(rare), pa.scalar(None, pa.string()), said[name])


def _numbered(values: pa.Array) -> NDArray[np.int64]:
    codes = values.dictionary_encode(null_encoding="encode").indices
    return np.asarray(codes.to_numpy(zero_copy_only=False)).astype(np.int64)


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
