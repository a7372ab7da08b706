"""What leaves the database for the computation: codes, no free text, nobody recognisable."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from parvis.core.bundle import check_dataset
from parvis.web.consultation import actions
from parvis.web.consultation.models import Response
from parvis.web.editions.actions.instruments import current_instruments
from parvis.web.results.dataset import dataset_of, organisation_key, unloading
from parvis.web.results.dataset.consultation import consultation_tables
from tests.web.consultation.factories import DAY, FIRST, NOON, EntryPointFactory, Open
from tests.web.territory.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def tables(consultation: Open) -> dict[str, Any]:
    return consultation_tables(consultation.edition, current_instruments(consultation.edition))


def answered(consultation: Open, *answers: dict[str, Any], point: Any = None) -> None:
    new = [
        actions.NewResponse(entry_point=point or consultation.qr, answers=FIRST | each, at=NOON, uuid=uuid.uuid4())
        for each in answers
    ]
    actions.record_responses(consultation.edition, responses=new, by=consultation.organiser, at=NOON, seed=1)


def test_a_response_becomes_a_row_of_codes_without_its_words() -> None:
    consultation = Open()
    answered(consultation, {"effort": "na"})
    said = Response.objects.get().answers | {"comment": 'Merci à Mme Martin\r\n"\\,\x1f\x1e', "reason": ["a", "b"]}
    Response.objects.update(answers=said, language="")
    (row,) = tables(consultation)["responses"].to_pylist()
    assert (row.pop("reason"), row.pop("language")) == ("a b", "")
    assert (row["satisfaction"], row["channel"], row["effort"], row["waiting"]) == ("4", "visit", "na", None)
    assert (row["day"], row["qualified"], row["completed"], row["base_weight"]) == (DAY, True, True, 1.0)
    assert row["entry_point"] == f"qr-{consultation.qr.code}"
    assert not any("Martin" in str(value) or "nom" in str(value) for value in row.values())


def test_the_questions_tell_scale_and_determinant() -> None:
    rows = {row["question"]: row for row in tables(Open())["questions"].to_pylist()}
    courtesy = rows["courtesy"]
    assert (courtesy["kind"], courtesy["determinant"], courtesy["scale_low"], courtesy["scale_high"]) == (
        "rating", "courtesy", 1.0, 5.0,
    )  # fmt: skip
    assert rows["age"]["kind"] == "profile"
    assert "comment" not in rows


def test_many_responses_read_in_parts_leave_in_the_order_of_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    consultation, other = Open(), Open()
    for name, size in (("ROWS", 2), ("BLOCK", 200)):
        monkeypatch.setattr(unloading, name, size)
    answered(consultation, *[{"satisfaction": str(mark)} for mark in (1, 2, 3, 4, 5)])
    answered(other, {})
    kept = {
        each.uuid.hex: each.answers["satisfaction"] for each in Response.objects.filter(edition=consultation.edition)
    }
    found = tables(consultation)["responses"]
    assert list(zip(found["response"].to_pylist(), found["satisfaction"].to_pylist(), strict=True)) == sorted(
        kept.items()
    )


def test_what_is_set_aside_travels_and_does_not_qualify() -> None:
    consultation = Open()
    answered(consultation, {}, {})
    actions.quarantine([Response.objects.first()], reason="Robot.", by=consultation.organiser, at=NOON)
    assert sorted(tables(consultation)["responses"]["qualified"].to_pylist()) == [False, True]


def test_bodies_that_are_not_enrolled_are_pooled_by_departement() -> None:
    """Two bodies of the Doubs and one of the Jura: two pools, no name, no identifier, no way in."""
    consultation = Open()
    for departement in ("25", "25", "39"):
        body = OrganisationFactory(departement=departement, region="27")
        point = EntryPointFactory(edition=consultation.edition, organisation=body, kind="search")
        answered(consultation, {}, point=point)
    answered(consultation, {})
    actions.declare_visits(consultation.edition, organisation=consultation.body, visits=2000, source="Compteur",
                           by=consultation.organiser, at=NOON)  # fmt: skip
    dataset = dataset_of(consultation.edition, frozen_at=NOON)
    check_dataset(dataset)
    organisations = {row["organisation"]: row for row in dataset.table("organisations").to_pylist()}
    assert set(organisations) == {organisation_key(consultation.body.pk), "x-25", "x-39"}
    visits = {key: row["visits"] for key, row in organisations.items()}
    assert visits == {organisation_key(consultation.body.pk): 2000, "x-25": None, "x-39": None}
    assert (organisations["x-25"]["name"], organisations["x-25"]["eligible"], organisations["x-25"]["category"]) == (
        None, False, None,
    )  # fmt: skip
    told = dataset.table("responses").to_pylist()
    assert sorted(row["organisation"] for row in told) == sorted(
        [organisation_key(consultation.body.pk), "x-25", "x-25", "x-39"]
    )
    assert all(row["entry_point"] is None for row in told if row["organisation"].startswith("x"))
    assert {row["organisation"] for row in dataset.table("entry_points").to_pylist()} == {
        organisation_key(consultation.body.pk)
    }


def test_a_rare_profile_loses_its_rarest_part() -> None:
    """Five women of 30 to 44 in work, and one who studies: her activity goes, then nothing sets her apart."""
    consultation = Open()
    common = {"age": "30_44", "sex": "woman", "activity": "employed"}
    answered(consultation, *[common] * 5, common | {"activity": "student"}, {"age": "75_plus", "sex": "man"})
    rows = tables(consultation)["responses"].to_pylist()
    found = sorted((str(row["age"]), str(row["sex"]), str(row["activity"])) for row in rows)
    assert found == [
        ("30_44", "woman", "None"), *[("30_44", "woman", "employed")] * 5, ("None", "None", "None"),
    ]  # fmt: skip


def test_ways_in_are_counted_over_all_days() -> None:
    consultation = Open()
    answered(consultation, {}, {})
    actions.record_openings(openings=[(consultation.qr, DAY, 3), (consultation.qr, DAY.replace(day=13), 4)])
    assert tables(consultation)["entry_points"].to_pylist() == [
        {"organisation": organisation_key(consultation.body.pk), "entry_point": f"qr-{consultation.qr.code}",
         "opened": 7, "started": 2, "completed": 2},
    ]  # fmt: skip


def test_a_consultation_without_responses_gives_empty_tables() -> None:
    dataset = dataset_of(Open().edition, frozen_at=NOON)
    check_dataset(dataset)
    assert dataset.table("responses").num_rows == 0
