"""A report from ODK Collect is an observation like any other: same checks, same refusals, nothing lost."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import Client
from PIL import Image

from parvis.web.editions.models import Edition
from parvis.web.fieldwork import actions, openrosa
from parvis.web.fieldwork.models import Evidence, Mission, Observation, Parcel
from parvis.web.fieldwork.openrosa import receiving
from parvis.web.pages.openrosa.bodies import ACCEPTED_BYTES
from tests.web.fieldwork.factories import Field, ObserverFactory
from tests.web.pages.openrosa.collect import (
    DAY,
    GRID,
    MOMENTS,
    NOW,
    REACHED,
    Collect,
    grid_in_force,
    message,
    photo,
    xml_of,
)

pytestmark = pytest.mark.django_db


# --- one door, the same observation


def test_a_report_from_collect_is_exactly_an_observation_of_the_house(field: Field, phone: Collect) -> None:
    by_phone, by_app = field.mission(), field.mission()
    assert phone.post(phone.report(by_phone)).status_code == 201
    filing = actions.Filing(
        by_app, uuid4(), {"outcome": "reached", "rings": "3", "courtesy": "yes", "comment": "Très bien"},
        happened_on=NOW.date(), half_day="am",
    )  # fmt: skip
    actions.record_observation(filing, by=field.person, at=NOW)
    sent, typed = (Observation.objects.get(mission=each) for each in (by_phone, by_app))
    alike = ("answers", "outcome", "happened_on", "half_day", "state", "instrument", "enrolment", "place", "observer")
    assert {name: getattr(sent, name) for name in alike} == {name: getattr(typed, name) for name in alike}
    assert (sent.origin, typed.origin) == ("odk", "app")
    assert sent.ended is not None
    assert sent.started is not None
    assert sent.ended - sent.started == timedelta(minutes=7, seconds=30)
    by_phone.refresh_from_db()
    assert by_phone.state == Mission.State.DONE
    assert phone.forms() == {}


def test_sent_again_it_is_one_observation_and_202(field: Field, phone: Collect) -> None:
    xml = phone.report(field.mission())
    first, again = phone.post(xml), phone.post(xml)
    assert (first.status_code, again.status_code) == (201, 202)
    assert message(first) == message(again)
    assert re.search(r"Votre rapport est arrivé\. Merci ! Reçu n° \S{16}\.", message(first))
    assert Observation.objects.count() == 1


def test_two_that_arrive_at_once_are_one(field: Field, phone: Collect, monkeypatch: Any) -> None:
    """The other one is written while this one is: the database refuses the second, which then finds the first."""
    xml, tries = phone.report(field.mission()), []

    def write(*given: Any) -> openrosa.Receipt:
        tries.append(receiving_once(*given))
        if len(tries) == 1:
            raise IntegrityError("parcel_once")
        return tries[-1]

    receiving_once = receiving._receive
    monkeypatch.setattr(receiving, "_receive", write)
    assert phone.post(xml).status_code == 202
    assert [receipt.status for receipt in tries] == [201, 202]
    assert (Observation.objects.count(), Parcel.objects.count()) == (1, 1)


def test_the_same_identifier_with_other_words_is_409_and_kept(field: Field, phone: Collect) -> None:
    number, mission = uuid4(), field.mission()
    first = phone.report(mission, number=number)
    other = first.replace(b"<rings>3<", b"<rings>4<")
    assert phone.post(first).status_code == 201
    refused = phone.post(other)
    assert refused.status_code == 409
    assert "déjà été reçu avec d’autres réponses" in message(refused)
    assert Observation.objects.get().answers["rings"] == "3"
    kept = Parcel.objects.get(state="refused")
    assert bytes(kept.content) == other


def test_a_second_report_of_the_mission_is_409(field: Field, phone: Collect) -> None:
    mission = field.mission()
    first, second = phone.report(mission), phone.report(mission)
    assert phone.post(first).status_code == 201
    refused = phone.post(second)
    assert refused.status_code == 409
    assert "Le premier rapport reste" in message(refused)


def test_wrong_answers_are_told_and_a_corrected_report_goes_through(field: Field, phone: Collect) -> None:
    number, mission = uuid4(), field.mission()
    wrong = phone.report(mission, number=number, answers=REACHED.replace("<rings>3<", "<rings>99<"))
    refused = phone.post(wrong)
    assert refused.status_code == 422
    assert message(refused).startswith("question « Nombre de sonneries » :")
    assert not Observation.objects.exists()
    assert Parcel.objects.get().faults[0]["code"] == "constraint"
    assert phone.post(phone.report(mission, number=number)).status_code == 201


def test_another_observer_s_mission_is_refused_and_kept(field: Field, phone: Collect) -> None:
    theirs = field.mission(observer=ObserverFactory())
    version = f"{field.instruments['phone'].pk}.00000000"
    refused = phone.post(xml_of(f"parvis-m{theirs.pk}", version, answers=REACHED, ours=DAY))
    assert refused.status_code == 403
    assert "n’est pas la vôtre" in message(refused)
    assert Parcel.objects.get().edition == field.edition
    assert not Observation.objects.exists()
    assert phone.post(xml_of("something-else", "1", answers=REACHED)).status_code == 403


def test_the_grid_changed_after_the_draft(field: Field, phone: Collect) -> None:
    """The version that was filled is the one it is checked and kept with; one that we never had is told and kept."""
    mission = field.mission()
    xml = phone.report(mission)
    later = grid_in_force(field, version=2, text=GRID.replace("<= 30", "<= 2"))
    assert phone.version(mission).startswith(f"{later.pk}.")
    assert phone.post(xml).status_code == 201
    assert Observation.objects.get().instrument == field.instruments["phone"]
    unknown = xml_of(f"parvis-m{field.mission().pk}", "987654321.aa", answers=REACHED, ours=DAY)
    refused = phone.post(unknown)
    assert refused.status_code == 422
    assert "version de la grille" in message(refused)
    assert Parcel.objects.filter(state="refused").count() == 1


def test_once_fieldwork_is_over_the_report_is_kept_and_can_be_received_later(field: Field, phone: Collect) -> None:
    xml = phone.report(field.mission())
    Edition.objects.filter(pk=field.edition.pk).update(state=Edition.State.FROZEN)
    refused = phone.post(xml)
    assert refused.status_code == 422
    assert "rien n’est perdu" in message(refused)
    assert phone.forms() == {}
    Edition.objects.filter(pk=field.edition.pk).update(state=Edition.State.REVIEW)
    assert phone.post(xml).status_code == 201
    assert Parcel.objects.get().state == Parcel.State.FILED


@pytest.mark.parametrize(
    "day", ["", "<happened_on>2199-01-01</happened_on><half_day>am</half_day>", "<half_day>x</half_day>"]
)
def test_a_day_that_is_missing_or_impossible_is_told(field: Field, phone: Collect, day: str) -> None:
    refused = phone.post(phone.report(field.mission(), ours=day))
    assert refused.status_code == 422
    assert re.search("jour|date", message(refused))


def test_a_device_clock_that_makes_no_sense_loses_nothing(field: Field, phone: Collect) -> None:
    moments = "<started>2031-01-01T00:00:00Z</started><ended>1999-01-01T00:00:00.000+01:00</ended>"
    assert phone.post(phone.report(field.mission(), ours=DAY + moments)).status_code == 201
    nonsense = MOMENTS.replace("2026-03-09T09:00", "yesterday")
    assert phone.post(phone.report(field.mission(), ours=DAY + nonsense)).status_code == 201
    assert Observation.objects.filter(started=None).count() == 1


def test_no_session_no_cookie_no_token_of_forms_is_asked_of_a_phone(field: Field) -> None:
    phone = Collect(field.observer, Client(enforce_csrf_checks=True))
    response = phone.post(phone.report(field.mission()))
    assert response.status_code == 201
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"


# --- photos, in one go or in several


def with_photos(*names: str, proof: str = "") -> dict[str, str]:
    taken = "".join(f"<photo_{rank}>{name}</photo_{rank}>" for rank, name in enumerate(names, 1))
    return {"ours": DAY + taken, "answers": REACHED.replace("<proof/>", f"<proof>{proof}</proof>")}


def test_photos_come_with_the_report_and_know_their_question(
    field: Field, phone: Collect, django_capture_on_commit_callbacks: Any
) -> None:
    xml = phone.report(field.mission(), **with_photos("17.jpg", proof="18.jpg"))
    with django_capture_on_commit_callbacks(execute=True):
        assert phone.post(xml, {"17.jpg": photo(), "18.jpg": photo("blue")}).status_code == 201
    assert sorted(Evidence.objects.values_list("question", flat=True)) == ["", "proof"]
    assert not any(piece.file for piece in Parcel.objects.get().pieces.all())  # kept once, as pieces of the observation


def test_a_sending_in_three_parts_becomes_one_report_when_the_last_is_in(field: Field, phone: Collect) -> None:
    mission = field.mission()
    xml = phone.report(mission, **with_photos("1.jpg", "2.jpg", "3.jpg"))
    answers = [
        phone.post(xml, {"1.jpg": photo("red")}, more=True),
        phone.post(xml, {"2.jpg": photo("blue")}, more=True),
    ]
    assert [each.status_code for each in answers] == [201, 201]
    assert "suite est attendue" in message(answers[0])
    assert not Observation.objects.exists()
    assert phone.forms()  # still in hand
    assert phone.post(xml, {"3.jpg": photo("green")}).status_code == 201
    assert Observation.objects.get().evidence.count() == 3
    assert phone.post(xml, {"1.jpg": photo("red")}, more=True).status_code == 202
    assert Evidence.objects.count() == 3


def test_a_photo_that_never_came_is_told_and_may_come_later(field: Field, phone: Collect) -> None:
    xml = phone.report(field.mission(), **with_photos("1.jpg", "2.jpg"))
    first = phone.post(xml, {"1.jpg": photo("red")})
    assert first.status_code == 201
    assert "1 photo n’est pas arrivée" in message(first)
    assert Parcel.objects.get().missing == ["2.jpg"]
    assert phone.post(xml, {"2.jpg": photo("blue")}).status_code == 201
    assert (Evidence.objects.count(), Parcel.objects.get().missing) == (2, [])


def test_a_photo_of_twelve_megabytes_goes_through_alone(field: Field, phone: Collect) -> None:
    heavy = large_photo()
    assert 12_000_000 < len(heavy) < ACCEPTED_BYTES
    xml = phone.report(field.mission(), **with_photos("1.png", "2.jpg"))
    assert phone.post(xml, {"1.png": heavy}, more=True).status_code == 201
    assert phone.post(xml, {"2.jpg": photo()}).status_code == 201
    assert {len(piece.file.read()) for piece in Evidence.objects.all()} == {len(heavy), len(photo())}
    too_heavy = phone.report(field.mission(), **with_photos("1.png"))
    refused = phone.post(too_heavy, {"1.png": large_photo(2400)})
    assert refused.status_code == 422
    assert "15 Mo" in message(refused)


def large_photo(side: int = 2010) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side)).save(out, "PNG", compress_level=0)
    return out.getvalue()


def test_what_is_no_photo_or_changes_under_the_same_name_is_refused_whole(field: Field, phone: Collect) -> None:
    xml = phone.report(field.mission(), **with_photos("1.jpg"))
    assert phone.post(xml, {"1.jpg": b"#!/bin/sh"}).status_code == 422
    assert not Observation.objects.exists()
    refused = phone.post(xml, {"1.jpg": photo()})
    assert refused.status_code == 409
    assert "Une autre photo du même nom" in message(refused)
    many = {f"{rank}.jpg": photo() for rank in range(13)}
    assert phone.post(phone.report(field.mission()), many).status_code == 422
    assert not Observation.objects.exists()


# --- letters and e-mails


def test_an_e_mail_is_followed_by_its_short_form_and_ends_with_the_grid(field: Field, phone: Collect) -> None:
    grid_in_force(field, "email")
    mission = field.mission("email")
    following = f"parvis-m{mission.pk}-suivi"
    assert list(phone.forms()) == [following]

    def note(kind: str, on: str, more: str = "") -> Any:
        version = phone.version(mission, following=True)
        return phone.post(xml_of(following, version, ours=f"<kind>{kind}</kind><on>{on}</on>{more}"))

    early = note("answered", "2026-03-05")
    assert early.status_code == 422
    assert "départ de votre demande" in message(early)
    assert note("sent", "2026-03-03", "<half_day>pm</half_day>").status_code == 201
    assert list(phone.forms()) == [following, f"parvis-m{mission.pk}"]
    assert message(note("auto_reply", "2026-03-03")) == "C’est noté. Merci !"
    assert note("answered", "2026-03-02").status_code == 422  # before it left
    assert note("answered", "2026-03-06").status_code == 201
    assert note("party", "2026-03-06").status_code == 422
    assert phone.post(phone.report(mission, ours="")).status_code == 201
    case = Observation.objects.get()
    assert (case.state, case.happened_on.isoformat(), case.half_day) == ("received", "2026-03-03", "pm")
    assert list(case.events.values_list("kind", flat=True)) == ["sent", "auto_reply", "answered"]
    assert phone.forms() == {}


def test_a_report_handed_back_comes_back_filled_and_is_revised(field: Field, phone: Collect) -> None:
    mission = field.mission()
    phone.post(phone.report(mission))
    observation = Observation.objects.get()
    actions.review(observation, to="in_review", by=field.organiser, at=NOW)
    actions.review(observation, to="to_revise", by=field.organiser, at=NOW, reason="Comptez encore")
    (entry,) = phone.forms().values()
    assert "<rings>3</rings>" in phone.form(entry).decode()
    revised = phone.report(mission, ours="", answers=REACHED.replace("<rings>3<", "<rings>5<"))
    assert phone.post(revised).status_code == 201
    observation.refresh_from_db()
    assert (observation.state, observation.answers["rings"]) == ("received", "5")
    assert phone.post(revised).status_code == 202


def test_an_edit_of_a_sent_report_is_refused_unless_it_was_handed_back(field: Field, phone: Collect) -> None:
    number, mission = uuid4(), field.mission()
    first = phone.report(mission, number=number)
    edit = phone.report(mission, deprecatedID=f"uuid:{number}", answers=REACHED.replace("<rings>3<", "<rings>5<"))
    phone.post(first)
    refused = phone.post(edit)
    assert refused.status_code == 409
    assert "rendre à revoir" in message(refused)
    observation = Observation.objects.get()
    actions.review(observation, to="in_review", by=field.organiser, at=NOW)
    actions.review(observation, to="to_revise", by=field.organiser, at=NOW, reason="Comptez encore")
    assert phone.post(edit).status_code == 201
    assert Observation.objects.get().answers["rings"] == "5"
