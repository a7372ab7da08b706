"""What citizens said: one row for each response, one column for each question, codes as given, no free text.

Answers about a body that is not enrolled are pooled by département: they count in territory and national figures, and
no figure can be made of the body itself. Profiles too rare within a body lose their rarest part before they leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import IntegerField, TextField
from django.db.models.functions import Cast
from numpy.typing import NDArray

from parvis.core.bundle import DATASET_TABLES
from parvis.core.instruments.form import Form, Measure, Question, form_from_json, scale_of
from parvis.web.consultation.models import EntryPointDay, Response
from parvis.web.editions.models import Edition, Enrolment, Instrument
from parvis.web.results.dataset.keys import organisation_key, place_key
from parvis.web.territory.models import Organisation

PROFILE_FLOOR = 5  # respondents of one body who share a profile, at least
POOL = "x"  # begins the key of bodies that are not enrolled, together
_CHUNK = 50_000
_SHAPE = pa.schema(
    {
        "number": pa.string(), "organisation": pa.int64(), "place": pa.int64(), "kind": pa.string(),
        "code": pa.string(), "on": pa.string(), "language": pa.string(), "aside": pa.int8(), "whole": pa.int8(),
        "said": pa.string(),
    }
)  # fmt: skip


def consultation_tables(edition: Edition, instruments: Mapping[str, Instrument]) -> dict[str, pa.Table]:
    """The tables of the consultation, and `elsewhere`: the rows that the table of organisations lacks."""
    citizen = instruments.get(Instrument.CITIZEN)
    form = form_from_json(citizen.compiled) if citizen is not None else None
    rows = _read(edition)
    pools = _pools(edition, pc.unique(rows["organisation"]).to_pylist())
    return {
        "responses": _responses(rows, pools, form),
        "questions": _questions(form),
        "margins": DATASET_TABLES["margins"].schema().empty_table(),
        "entry_points": _entry_points(edition, pools),
        "elsewhere": _elsewhere(pools),
    }


def _read(edition: Edition) -> pa.Table:
    """The responses of the edition in one read; every value as the database writes it, so that none is made twice."""
    rows = (
        Response.objects.filter(edition=edition)
        .annotate(
            number=Cast("uuid", TextField()), on=Cast("day", TextField()), said=Cast("answers", TextField()),
            aside=Cast("quarantined", IntegerField()), whole=Cast("completed", IntegerField()),
        )
        .order_by("uuid")
        .values_list("number", "organisation_id", "place_id", "entry_point__kind", "entry_point__code", "on",
                     "language", "aside", "whole", "said")
    )  # fmt: skip
    found = iter(rows.iterator(chunk_size=_CHUNK))
    batches = []
    while chunk := list(islice(found, _CHUNK)):
        columns = zip(zip(*chunk, strict=True), _SHAPE.types, strict=True)
        batches.append(pa.record_batch([pa.array(values, kind) for values, kind in columns], schema=_SHAPE))
    return pa.Table.from_batches(batches, _SHAPE).combine_chunks()


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


def _responses(rows: pa.Table, pools: Mapping[int, Organisation], form: Form | None) -> pa.Table:
    measured = _exported(form)
    bodies = _one(rows["organisation"]).dictionary_encode()
    holders = _for_each(bodies, lambda pk: _holder(pk, pools), pa.string())
    inside = _for_each(bodies, lambda pk: pk not in pools, pa.bool_())
    said = _answers(_one(rows["said"]), measured)
    _protect(said, holders, [q.name for q in measured if q.measure is Measure.PROFILE])
    size = rows.num_rows
    places = _for_each(_one(rows["place"]).dictionary_encode(), lambda pk: place_key(pk) if pk else None, pa.string())
    ways = pc.binary_join_element_wise(rows["kind"], rows["code"], "-")
    none = pa.nulls(size, pa.string())
    given = {
        "response": pc.replace_substring(rows["number"], "-", ""),
        "organisation": holders,
        "place": pc.if_else(inside, places, none),
        "entry_point": pc.if_else(inside, ways, none),
        "channel": said.pop("channel", none),
        "day": rows["on"].cast(pa.date32()),
        "language": rows["language"],
        "qualified": pc.equal(rows["aside"], 0),
        "base_weight": np.ones(size),
        "completed": pc.equal(rows["whole"], 1),
    }
    fixed = pa.table(given, schema=DATASET_TABLES["responses"].schema())
    for name, values in said.items():
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


def _answers(said: pa.Array, questions: Sequence[Question]) -> dict[str, pa.Array]:
    """One column of text per question, out of the answers as the database keeps them."""
    if not questions or not len(said):
        return {question.name: pa.nulls(len(said), pa.string()) for question in questions}
    paths = [f'$."{question.name}"' for question in questions]
    with duckdb.connect() as engine:
        engine.register("given", pa.table({"row": np.arange(len(said)), "said": said}))
        asked = "SELECT json_extract_string(said, ?) AS told FROM given ORDER BY row"
        found = engine.sql(asked, params=[paths]).to_arrow_table()
    flat, width = _one(found["told"]).flatten(), len(paths)
    return {
        question.name: _plain(flat.take(pa.array(np.arange(rank, len(flat), width))))
        for rank, question in enumerate(questions)
    }


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
