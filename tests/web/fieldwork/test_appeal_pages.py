"""Appeals and recognised contacts on the pages: an organisation learns the outcome, never who observed nor when."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from parvis.core.vocabulary import Determinant, Status, Text
from parvis.rendering.scorecard import Scorecard as Card
from parvis.rendering.slicing import CriterionFigure, Figure
from parvis.web.fieldwork.actions import settle
from parvis.web.fieldwork.models import Appeal, Flag, Report
from parvis.web.fieldwork.screening import screen
from parvis.web.people.models import Person
from parvis.web.results.models import Scorecard
from tests.factories import DeliveryFactory, PublicationFactory, ScorecardFactory
from tests.web.fieldwork.factories import NOON, Field, ObservationFactory
from tests.web.territory.factories import MembershipFactory

pytestmark = pytest.mark.django_db
STARTED = datetime(2026, 3, 9, 10, 41, 7, tzinfo=UTC)


def delivered(field: Field) -> tuple[Scorecard, Person, Client]:
    """Published results of the field's organisation, its lead, and the lead's browser."""
    figure = Figure("courtesy", "phone", 40.0, 20.0, 60.0, 5, Status.PUBLISHED)
    said = Text("L’agent dit bonjour", "The agent says hello")
    criteria = (CriterionFigure(figure, said, "handling", Determinant.COURTESY, 1.0, False),)
    organisation = field.enrolment.organisation
    card = Card(str(organisation.pk), organisation.name, field.edition.slug, criteria=criteria)
    field.edition.state = "published"
    field.edition.save()
    publication = PublicationFactory(edition=field.edition)
    row = ScorecardFactory(publication=publication, organisation=organisation, data=card.to_json())
    DeliveryFactory(scorecard=row)
    lead = MembershipFactory(organisation=organisation).person
    client = Client()
    client.force_login(lead)
    return row, lead, client


def steer(field: Field) -> Client:
    client = Client()
    client.force_login(field.organiser)
    return client


def test_an_organisation_contests_sees_the_outcome_and_learns_neither_observer_nor_moment() -> None:
    field = Field()
    observation = ObservationFactory(
        mission=field.mission(state="done"), state="approved", started=STARTED, happened_on=date(2026, 3, 9)
    )
    card, _, client = delivered(field)
    listing = f"/structure/resultats/{card.pk}/contestations/"
    form = f"/structure/resultats/{card.pk}/contester/phone/courtesy/"
    seen = [client.get(listing).content.decode(), client.get(form).content.decode()]
    proof = SimpleUploadedFile("registre.pdf", b"%PDF-1.4", "application/pdf")
    sent = client.post(form, {"reason": "Nous disons toujours bonjour.", "proof": proof}, follow=True)
    seen.append(sent.content.decode())
    told = Appeal.objects.get()
    at = f"/pilotage/{field.edition.slug}/terrain/contestations"
    organiser = steer(field)
    assert field.enrolment.organisation.name in organiser.get(f"{at}/").content.decode()
    assert b"".join(organiser.get(f"{at}/{told.pk}/preuve/").streaming_content) == b"%PDF-1.4"
    organiser.post(f"{at}/{told.pk}/", {"decision": "upheld", "outcome": "Exact.", "reopen": observation.pk})
    observation.refresh_from_db()
    assert observation.state == "in_review"
    seen.append(client.get(listing).content.decode())
    assert "Exact." in seen[-1]
    assert "à la prochaine publication" in seen[-1]
    hidden = (field.observer.pseudonym, field.person.email, str(observation.uuid), "9 mars", "2026-03-09", "10:41")
    assert [word for word in hidden for page in seen if word in page] == []


def test_nobody_contests_before_delivery_nor_for_another_organisation() -> None:
    field, other = Field(), Field()
    card, _, client = delivered(field)
    theirs, _, stranger = delivered(other)
    assert stranger.get(f"/structure/resultats/{card.pk}/contestations/").status_code == 403
    assert client.get(f"/structure/resultats/{theirs.pk}/contester/phone/courtesy/").status_code == 403
    assert client.get(f"/structure/resultats/{card.pk}/contester/phone/unknown/").status_code == 404
    card.delivery.delete()
    assert client.get(f"/structure/resultats/{card.pk}/contestations/").status_code == 403


def test_a_recognised_contact_is_read_by_someone_and_the_answer_tells_nothing() -> None:
    field = Field()
    contacts = [
        ObservationFactory(mission=field.mission(state="done"), happened_on=date(2026, 3, day), received_at=NOON)
        for day in (2, 9, 10, 20)
    ]
    screen(field.edition, at=NOON)
    client = Client()
    client.force_login(MembershipFactory(organisation=field.enrolment.organisation).person)
    page = f"/structure/{field.enrolment.organisation_id}/contact-repere/"
    answers = [
        client.post(page, {"channel": channel, "happened_on": day, "text": "Déjà venu"}, follow=True).content.decode()
        for channel, day in (("phone", "2026-03-09"), ("phone", "2026-03-15"))
    ]
    told = [answer[answer.index("Merci") : answer.index("Merci") + 80] for answer in answers]
    assert told[0] == told[1]
    assert Report.objects.filter(kind="spotted").count() == 2
    screen(field.edition, at=NOON)
    flagged = set(Flag.objects.filter(kind="spotted").values_list("observation", flat=True))
    assert flagged == {contacts[1].pk, contacts[2].pk}
    assert {each.state for each in contacts} == {"received"}
    shown = steer(field).get(f"/pilotage/{field.edition.slug}/terrain/signalements/").content.decode()
    assert shown.count(str(contacts[1].uuid)) == 1
    settle(Report.objects.first(), settlement="Relu", by=field.organiser, at=datetime.now(UTC))
