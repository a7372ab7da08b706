"""Automatic checks, facts known beforehand, blind double coding: what is read, and by whom."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image, ImageDraw

from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork.actions import (
    ask_double_coding,
    code_again,
    draw_double_codings,
    drop_trap_item,
    write_trap_item,
)
from parvis.web.fieldwork.board import reliability_of
from parvis.web.fieldwork.models import DoubleCoding, Flag, Observation
from parvis.web.fieldwork.queries import not_to_read, observations_for_dataset
from parvis.web.fieldwork.screening import screen
from parvis.web.people.models import JournalEntry, Person
from tests.web.fieldwork.factories import NOON, EvidenceFactory, Field, FieldPersonFactory, ObservationFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


def flags_of(field: Field, kind: str) -> set[int]:
    found = Flag.objects.filter(observation__edition=field.edition, kind=kind)
    return set(found.values_list("observation", flat=True))


def photo(size: int, dots: int) -> bytes:
    """Lines and dots that look the same whatever the size."""
    image = Image.new("L", (size, size), 255)
    draw = ImageDraw.Draw(image)
    for n in range(dots):
        side = size / dots
        draw.rectangle((n * side, (n * 7 % dots) * side, n * side + side, size), fill=n * 255 // dots)
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=70)
    return kept.getvalue()


def organiser_too(field: Field) -> Person:
    person = FieldPersonFactory(demonstration=True)
    field.edition.seats.create(person=person, role="organiser", granted_at=NOON)
    return person


def codes(refused: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def test_checking_twice_gives_the_same_flags_and_decides_nothing() -> None:
    field = Field()
    reports = [ObservationFactory(mission=field.mission(state="done"), uuid=uuid.UUID(int=n)) for n in range(6)]
    assert not_to_read(field.edition).count() == 0  # nothing is approved together before the checks have seen it
    assert screen(field.edition, at=NOON) == 6
    first = list(Flag.objects.values_list("observation", "kind", "shown_by").order_by("observation", "kind"))
    Observation.objects.update(screened=None)
    screen(field.edition, at=LATER)
    assert list(Flag.objects.values_list("observation", "kind", "shown_by").order_by("observation", "kind")) == first
    assert screen(field.edition, at=LATER) == 0
    assert {each.state for each in Observation.objects.all()} == {"received"}
    assert len(reports) == 6


def test_a_photo_used_twice_is_seen_even_when_it_was_made_smaller() -> None:
    field = Field()
    reports = [ObservationFactory(mission=field.mission(state="done")) for _ in range(3)]
    for report, content in zip(reports, [photo(400, 12), photo(200, 12), photo(400, 5)], strict=True):
        EvidenceFactory(observation=report, file=ContentFile(content, name="photo.jpg"))
    EvidenceFactory(observation=reports[0], file="evidence/gone.jpg")
    screen(field.edition, at=NOON)
    assert flags_of(field, "duplicate_image") == {reports[0].pk, reports[1].pk}


def test_a_known_fact_flags_what_contradicts_it_until_it_is_dropped() -> None:
    field = Field()
    right = ObservationFactory(mission=field.mission(state="done"))
    answers = {"outcome": "reached", "rings": "3", "courtesy": "no", "comment": "Reçu par Mme Martin."}
    wrong = ObservationFactory(mission=field.mission(state="done"), answers=answers)
    screen(field.edition, at=NOON)
    given = {"channel": "phone", "question": "courtesy", "by": field.organiser, "at": NOON, "place": field.place}
    with pytest.raises(ParvisError) as refused:
        write_trap_item(field.edition, expected="maybe", source=" ", **given)
    assert codes(refused) == ["unknown_answer", "reason_needed"]
    item = write_trap_item(field.edition, expected="yes", source="Vu sur place", **given)
    screen(field.edition, at=LATER)
    assert flags_of(field, "trap_missed") == {wrong.pk}
    assert flags_of(field, "names_someone") == {wrong.pk}
    assert right.pk not in flags_of(field, "trap_missed")
    drop_trap_item(item, by=field.organiser, at=LATER)
    screen(field.edition, at=LATER)
    assert flags_of(field, "trap_missed") == set()


def test_a_second_coder_sees_the_evidence_and_never_the_marks() -> None:
    field = Field("email")
    answers = {"outcome": "reached", "rings": "3", "courtesy": "yes", "comment": "Réponse glaciale"}
    first = ObservationFactory(mission=field.mission("email", state="done"), answers=answers)
    coding = ask_double_coding(first, by=field.organiser, at=NOON)
    with pytest.raises(ParvisError) as refused:
        ask_double_coding(first, by=field.organiser, at=NOON)
    assert codes(refused) == ["double_asked"]
    second = organiser_too(field)
    client = Client()
    client.force_login(second)
    at = f"/pilotage/{field.edition.slug}/terrain"
    page = client.get(f"{at}/double-codage/{coding.pk}/").content.decode()
    assert "L’agent dit bonjour" in page
    assert "Réponse glaciale" not in page
    assert field.observer.pseudonym not in page
    client.post(f"{at}/double-codage/{coding.pk}/", {"courtesy": "no"})
    coding.refresh_from_db()
    assert coding.double is not None
    assert (coding.double.answers, coding.double.double_of, coding.double.state) == (
        {"courtesy": "no"},
        first,
        "approved",
    )
    reliability = reliability_of(field.edition)
    assert (reliability["marks"], reliability["percent"]) == (1, 0.0)
    read = client.get(f"{at}/relecture/{first.uuid}/").content.decode()
    assert "0 critères sur 1 cotés pareil." in read
    columns = observations_for_dataset(field.edition)
    assert columns["double_of"] == [first.uuid]


def test_whoever_has_read_the_marks_cannot_code_blind() -> None:
    field = Field("email")
    first = ObservationFactory(mission=field.mission("email", state="done"))
    coding = ask_double_coding(first, by=field.organiser, at=NOON)
    reader = organiser_too(field)
    client = Client()
    client.force_login(reader)
    client.get(f"/pilotage/{field.edition.slug}/terrain/relecture/{first.uuid}/")
    assert JournalEntry.objects.filter(verb="observation.read", by=reader).exists()
    with pytest.raises(ParvisError) as refused:
        code_again(coding, answers={"courtesy": "yes"}, by=reader, at=LATER)
    assert codes(refused) == ["not_blind"]
    with pytest.raises(ParvisError) as refused:
        code_again(coding, answers={"mood": "yes", "courtesy": ""}, by=organiser_too(field), at=LATER)
    assert codes(refused) == ["unknown_answer"]


def test_only_written_answers_are_drawn_and_the_same_ones_each_time() -> None:
    field = Field("email", "phone")
    for n in range(40):
        ObservationFactory(mission=field.mission("email", state="done"), uuid=uuid.UUID(int=n))
    call = ObservationFactory(mission=field.mission("phone", state="done"))
    drawn = draw_double_codings(field.edition, by=field.organiser, at=NOON)
    assert 1 <= len(drawn) <= 12
    keys = {each.observation_id for each in drawn}
    DoubleCoding.objects.all().delete()
    again = draw_double_codings(field.edition, by=field.organiser, at=LATER)
    assert {each.observation_id for each in again} == keys
    with pytest.raises(ParvisError) as refused:
        ask_double_coding(call, by=field.organiser, at=NOON)
    assert codes(refused) == ["not_written"]


def test_a_piece_whose_file_is_lost_says_what_to_do() -> None:
    field = Field()
    piece = EvidenceFactory(observation__mission=field.mission(state="done"), file="evidence/lost.jpg")
    client = Client()
    client.force_login(field.organiser)
    page = client.get(f"/pilotage/{field.edition.slug}/terrain/relecture/{piece.observation.uuid}/pieces/{piece.pk}/")
    assert page.status_code == 404
    assert "parvis restore" in page.content.decode()
    assert piece.sha256 in page.content.decode()


def test_the_queue_costs_the_same_whatever_the_reports() -> None:
    counts = []
    for size in (1, 3):
        field = Field()
        for _ in range(size):
            ObservationFactory(mission=field.mission(state="done"))
        screen(field.edition, at=NOON)
        client = Client()
        client.force_login(field.organiser)
        client.get(f"/pilotage/{field.edition.slug}/terrain/relecture/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/pilotage/{field.edition.slug}/terrain/relecture/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
