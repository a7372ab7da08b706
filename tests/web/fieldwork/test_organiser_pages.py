"""The organiser's pages of the field: board, missions, observers, review."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from parvis.web.fieldwork.actions import report, review
from parvis.web.fieldwork.drawing import is_drawn
from parvis.web.fieldwork.models import Evidence, Flag, Observation, Report
from parvis.web.fieldwork.screening import screen
from parvis.web.people.models import JournalEntry
from tests.web.fieldwork.factories import (
    NOON,
    EvidenceFactory,
    Field,
    FieldPersonFactory,
    ObservationFactory,
    ObserverFactory,
)

pytestmark = pytest.mark.django_db


def steer(field: Field) -> tuple[Client, str]:
    client = Client()
    client.force_login(field.organiser)
    return client, f"/pilotage/{field.edition.slug}/terrain"


def reasons_of(field: Field) -> dict[int, set[str]]:
    """Why each report is to be read."""
    found: dict[int, set[str]] = {}
    for observation, kind in Flag.objects.filter(observation__edition=field.edition).values_list("observation", "kind"):
        found.setdefault(observation, set()).add(kind)
    return found


def test_the_board_counts_from_planned_to_approved() -> None:
    field = Field("phone", "email")
    field.mission(state="planned")
    field.mission("email")
    for state in ("received", "approved"):
        ObservationFactory(mission=field.mission(state="done"), state=state)
    client, at = steer(field)
    page = client.get(f"{at}/").content.decode()
    assert "2 missions faites sur 4, dont 1 approuvées." in page
    assert "1 observation à relire" in page


def test_the_board_costs_the_same_whatever_the_missions() -> None:
    counts = []
    for size in (1, 4):
        field = Field()
        for _ in range(size):
            ObservationFactory(mission=field.mission(state="done"))
        client, at = steer(field)
        client.get(f"{at}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{at}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_mission_is_offered_to_someone_without_conflict_then_cancelled() -> None:
    field = Field()
    mission = field.mission(state="declined")
    conflicted = ObserverFactory()
    conflicted.conflicts.create(
        organisation=field.enrolment.organisation, reason="Élu", declared_at=NOON, declared_by=conflicted.person
    )
    other = ObserverFactory()
    client, at = steer(field)
    page = client.get(f"{at}/missions/{mission.pk}/").content.decode()
    assert other.pseudonym in page
    assert conflicted.pseudonym not in page
    client.post(f"{at}/missions/{mission.pk}/", {"offer": "1", "observer": other.pk})
    mission.refresh_from_db()
    assert (mission.state, mission.observer) == ("offered", other)
    client.post(f"{at}/missions/{mission.pk}/", {"cancel": "1", "reason": "Site fermé"})
    mission.refresh_from_db()
    assert mission.state == "cancelled"


def test_planned_missions_are_offered_together() -> None:
    field = Field()
    missions = [field.mission(state="planned", accepted_at=None, accepted_by=None) for _ in range(3)]
    client, at = steer(field)
    assert "3 missions prévues ont leur citoyen-mystère" in client.get(f"{at}/missions/").content.decode()
    client.post(f"{at}/missions/proposer/")
    for mission in missions:
        mission.refresh_from_db()
    assert {mission.state for mission in missions} == {"offered"}


def test_an_observer_is_certified_and_their_file_leaves_a_trace() -> None:
    field = Field()
    candidate = ObserverFactory(status="applied", certified_channels=[], certified_at=None, certified_by=None)
    client, at = steer(field)
    client.post(f"{at}/citoyens-mystere/{candidate.pk}/", {"certify": "1", "channels": ["phone"]})
    candidate.refresh_from_db()
    assert (candidate.status, candidate.certified_channels) == ("certified", ["phone"])
    client.get(f"{at}/citoyens-mystere/{candidate.pk}/")
    assert JournalEntry.objects.filter(verb="observer.file_seen").count() == 1
    assert candidate.pseudonym in client.get(f"{at}/citoyens-mystere/").content.decode()


def test_an_observation_is_read_and_decided() -> None:
    field = Field()
    observation = ObservationFactory(mission=field.mission(state="done"))
    client, at = steer(field)
    url = f"{at}/relecture/{observation.uuid}/"
    assert str(observation.uuid) in client.get(f"{at}/relecture/").content.decode()
    client.post(url, {"start": "1"})
    refused = client.post(url, {"to": "excluded"}).content.decode()
    assert "Cette décision demande une raison." in refused
    client.post(url, {"to": "to_revise", "comment": "Le scénario n’a pas été suivi."})
    observation.refresh_from_db()
    assert observation.state == "to_revise"
    assert observation.steps.last().reason == "Le scénario n’a pas été suivi."


def test_a_novice_s_first_reports_flags_and_a_drawn_share_are_read_and_the_rest_approved_by_an_act() -> None:
    field = Field()
    reports = [
        ObservationFactory(
            mission=field.mission(state="done"), uuid=uuid.UUID(int=n), received_at=NOON + timedelta(hours=n)
        )
        for n in range(12)
    ]
    late = reports[5]
    Observation.objects.filter(pk=late.pk).update(started=NOON - timedelta(days=3), ended=NOON - timedelta(days=3))
    screen(field.edition, at=NOON)
    reasons = reasons_of(field)
    assert all("novice" in reasons[each.pk] for each in reports[:3])
    assert "late" in reasons[late.pk]
    drawn = {each.pk for each in reports if is_drawn(field.edition.seed, str(each.uuid))}
    assert drawn == {pk for pk, why in reasons.items() if "drawn" in why}
    client, at = steer(field)
    assert "envoyée plus de 24 h après" in client.get(f"{at}/relecture/").content.decode()
    client.post(f"{at}/relecture/approuver/")
    approved = set(Observation.objects.filter(state="approved").values_list("pk", flat=True))
    assert approved == {each.pk for each in reports} - set(reasons)
    assert JournalEntry.objects.filter(verb="observation.approved", by=field.organiser).count() == len(approved)


def test_about_one_report_in_ten_is_drawn() -> None:
    drawn = sum(is_drawn(20260302, str(uuid.UUID(int=n))) for n in range(10_000))
    assert 900 < drawn < 1_100


def test_a_piece_is_shown_to_the_organiser_only_and_leaves_a_trace() -> None:
    field = Field()
    piece: Evidence = EvidenceFactory(observation__mission=field.mission(state="done"))
    piece.file.save("photo.jpg", ContentFile(b"\xff\xd8\xff"))
    client, at = steer(field)
    url = f"{at}/relecture/{piece.observation.uuid}/pieces/{piece.pk}/"
    assert b"".join(client.get(url).streaming_content) == b"\xff\xd8\xff"
    assert JournalEntry.objects.filter(verb="evidence.seen").count() == 1
    stranger = Client()
    stranger.force_login(FieldPersonFactory())
    assert stranger.get(url).status_code == 403


def test_a_trouble_is_settled() -> None:
    field = Field()
    told = report(field.edition, kind="spotted", text="Reconnu", by=field.person, at=NOON, mission=field.mission())
    client, at = steer(field)
    assert "Reconnu" in client.get(f"{at}/signalements/").content.decode()
    client.post(f"{at}/signalements/", {"report": told.pk, "settlement": "Mission refaite"})
    assert Report.objects.get().settled_by == field.organiser


def test_an_observation_of_another_edition_is_not_found() -> None:
    field, other = Field(), Field()
    observation = ObservationFactory(mission=other.mission(state="done"))
    review(observation, to="in_review", by=other.organiser, at=NOON)
    client, at = steer(field)
    assert client.get(f"{at}/relecture/{observation.uuid}/").status_code == 404
