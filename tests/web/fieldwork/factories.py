"""One factory per model of the fieldwork app, and a small edition whose fieldwork is open."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import factory

from parvis.web.editions.models import Edition, EnrolledPlace, Instrument, Seat
from parvis.web.fieldwork import models
from tests.web.fieldwork.ground_factories import (
    DAY,
    MORNING,
    NOON,
    AbsenceFactory,
    CertificationFactory,
    ConflictFactory,
    FieldEditionFactory,
    FieldEnrolmentFactory,
    FieldInstrumentFactory,
    FieldPersonFactory,
    ObserverFactory,
    QuizAttemptFactory,
    SignatureFactory,
    StatusChangeFactory,
    small_grid,
)
from tests.web.territory.factories import OrganisationFactory, PlaceFactory

__all__ = [
    "DAY",
    "MORNING",
    "NOON",
    "AbsenceFactory",
    "CertificationFactory",
    "ConflictFactory",
    "FieldEditionFactory",
    "FieldEnrolmentFactory",
    "FieldInstrumentFactory",
    "FieldPersonFactory",
    "ObserverFactory",
    "QuizAttemptFactory",
    "SignatureFactory",
    "StatusChangeFactory",
    "small_grid",
]


class ScenarioFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Scenario

    edition = factory.SubFactory(FieldEditionFactory)
    code = factory.Sequence(lambda rank: f"scenario-{rank}")
    channel = "phone"
    title = factory.Sequence(lambda rank: f"Inscrire un enfant à la cantine {rank}")
    text = "Vous venez d’arriver dans la commune. Demandez comment inscrire votre enfant à la cantine."
    written_at = MORNING
    written_by = factory.SubFactory(FieldPersonFactory)
    ethics_reviewed_at = MORNING
    ethics_reviewed_by = factory.SelfAttribute("written_by")
    ethics_verdict = "accepted"


class MissionFactory(factory.django.DjangoModelFactory):
    """A mission in the hands of its observer."""

    class Meta:
        model = models.Mission

    edition = factory.SubFactory(FieldEditionFactory)
    enrolment = factory.LazyAttribute(lambda row: FieldEnrolmentFactory(edition=row.edition))
    place = factory.LazyAttribute(lambda row: PlaceFactory(organisation=row.enrolment.organisation))
    channel = "phone"
    scenario = factory.LazyAttribute(lambda row: ScenarioFactory(edition=row.edition, channel=row.channel))
    observer = factory.SubFactory(ObserverFactory)
    window_starts_on = date(2026, 3, 2)
    window_ends_on = date(2026, 3, 27)
    state = models.Mission.State.ACCEPTED
    planned_at = MORNING
    planned_by = factory.SubFactory(FieldPersonFactory)
    offered_at = MORNING
    offered_by = factory.SelfAttribute("planned_by")
    accepted_at = MORNING
    accepted_by = factory.SelfAttribute("observer.person")


class DraftFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Draft

    mission = factory.SubFactory(MissionFactory)
    uuid = factory.LazyFunction(uuid.uuid4)
    instrument = factory.LazyAttribute(
        lambda row: FieldInstrumentFactory(edition=row.mission.edition, channel=row.mission.channel)
    )
    saved_at = NOON
    saved_by = factory.SelfAttribute("mission.observer.person")


class FeeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Fee

    edition = factory.SubFactory(FieldEditionFactory)
    channel = "phone"
    amount = 5


class ExpenseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Expense

    mission = factory.SubFactory(MissionFactory)
    kind = models.Expense.Kind.TRAVEL
    amount = factory.Sequence(lambda rank: 1 + rank)
    asked_at = NOON
    asked_by = factory.SelfAttribute("mission.observer.person")


class ObservationFactory(factory.django.DjangoModelFactory):
    """A report received from a mission."""

    class Meta:
        model = models.Observation

    uuid = factory.LazyFunction(uuid.uuid4)
    mission = factory.SubFactory(MissionFactory, state=models.Mission.State.DONE)
    edition = factory.SelfAttribute("mission.edition")
    enrolment = factory.SelfAttribute("mission.enrolment")
    place = factory.SelfAttribute("mission.place")
    channel = factory.SelfAttribute("mission.channel")
    observer = factory.SelfAttribute("mission.observer")
    scenario = factory.SelfAttribute("mission.scenario")
    instrument = factory.LazyAttribute(lambda row: instrument_of(row.edition, row.channel))
    answers = factory.LazyFunction(lambda: {"outcome": "reached", "rings": "3", "courtesy": "yes"})
    outcome = "reached"
    happened_on = DAY
    half_day = "am"
    received_at = NOON
    received_by = factory.SelfAttribute("observer.person")


class EventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Event

    observation = factory.SubFactory(ObservationFactory)
    kind = models.Event.Kind.SENT
    on = DAY
    noted_at = NOON
    noted_by = factory.SelfAttribute("observation.received_by")


class EvidenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Evidence

    observation = factory.SubFactory(ObservationFactory)
    kind = models.Evidence.Kind.PHOTO
    file = "evidence/photo.jpg"
    sha256 = factory.Sequence(lambda rank: f"{rank:064d}")
    added_at = NOON
    added_by = factory.SelfAttribute("observation.received_by")


class PhoneKeyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.PhoneKey

    observer = factory.SubFactory(ObserverFactory)
    label = "Mon téléphone"
    fingerprint = factory.Sequence(lambda rank: f"{rank:08x}" * 8)
    created_at = MORNING
    created_by = factory.SelfAttribute("observer.person")


class ParcelFactory(factory.django.DjangoModelFactory):
    """What a phone sent and nobody could receive."""

    class Meta:
        model = models.Parcel

    key = factory.SubFactory(PhoneKeyFactory)
    observer = factory.SelfAttribute("key.observer")
    edition = factory.SubFactory(FieldEditionFactory)
    form = "parvis-m1"
    sha256 = factory.Sequence(lambda rank: f"{rank:08x}" * 8)
    content = b"<data/>"
    state = models.Parcel.State.REFUSED
    received_at = NOON
    received_by = factory.SelfAttribute("observer.person")


class ParcelPieceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ParcelPiece

    parcel = factory.SubFactory(ParcelFactory)
    name = factory.Sequence(lambda rank: f"{rank}.jpg")
    sha256 = factory.Sequence(lambda rank: f"{rank:08x}" * 8)


class MissionAddressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.MissionAddress

    mission = factory.SubFactory(MissionFactory, channel="email")
    token = factory.Sequence(lambda rank: f"k{rank:011d}")
    created_at = MORNING
    created_by = factory.SelfAttribute("mission.observer.person")


class MissionMailFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.MissionMail

    mission = factory.SubFactory(MissionFactory, channel="email")
    kind = models.MissionMail.Kind.PERSON
    moment = NOON
    proof = "Received"
    raw = "mails/message.eml"
    sha256 = factory.Sequence(lambda rank: f"{rank:08x}" * 8)


class MailboxCursorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.MailboxCursor

    folder = factory.Sequence(lambda rank: f"INBOX{rank}")


class ReviewStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ReviewStep

    observation = factory.SubFactory(ObservationFactory)
    from_state = "received"
    to_state = "in_review"
    decided_at = NOON
    decided_by = factory.SubFactory(FieldPersonFactory)


class ReviewCommentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ReviewComment

    edition = factory.SubFactory(FieldEditionFactory)
    text = factory.Sequence(lambda rank: f"Joignez la photo {rank}")
    written_at = NOON
    written_by = factory.SubFactory(FieldPersonFactory)


class AppealFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Appeal

    edition = factory.SubFactory(FieldEditionFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    channel = "phone"
    criterion = "courtesy"
    reason = "Nos agents disent toujours bonjour."
    filed_at = NOON
    filed_by = factory.SubFactory(FieldPersonFactory)


class ReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Report

    edition = factory.SubFactory(FieldEditionFactory)
    kind = models.Report.Kind.INCIDENT
    text = "La ligne a été coupée."
    reported_at = factory.Sequence(lambda rank: NOON.replace(day=1 + rank % 28))
    reported_by = factory.SubFactory(FieldPersonFactory)


class FlagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Flag

    observation = factory.SubFactory(ObservationFactory)
    kind = "late"


class TrapItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.TrapItem

    edition = factory.SubFactory(FieldEditionFactory)
    channel = "phone"
    question = "courtesy"
    expected = "yes"
    source = "Vérifié par nous"
    written_at = MORNING
    written_by = factory.SubFactory(FieldPersonFactory)


class DoubleCodingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.DoubleCoding

    observation = factory.SubFactory(ObservationFactory)
    asked_at = NOON
    asked_by = factory.SubFactory(FieldPersonFactory)


class ContactPlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ContactPlan

    edition = factory.SubFactory(FieldEditionFactory)
    number = factory.Sequence(lambda rank: rank + 1)
    asked = factory.LazyFunction(lambda: {"contacts": {"phone": 1}})
    seed = 7
    asked_at = MORNING
    asked_by = factory.SubFactory(FieldPersonFactory)


class BoardSnapshotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.BoardSnapshot

    edition = factory.SubFactory(FieldEditionFactory)
    counted = NOON
    figures = factory.LazyFunction(dict)


def instrument_of(edition: Edition, channel: str) -> Instrument:
    found = edition.instruments.filter(channel=channel).first()
    return found or FieldInstrumentFactory(edition=edition, channel=channel)


class Field:
    """A little edition in fieldwork: one organiser, one observer, one organisation with one place."""

    def __init__(self, *channels: str) -> None:
        self.edition = FieldEditionFactory()
        self.organiser = FieldPersonFactory(demonstration=True)  # skips the second factor, which has its own tests
        Seat.objects.create(edition=self.edition, person=self.organiser, role="organiser", granted_at=MORNING)
        self.observer = ObserverFactory()
        self.person = self.observer.person
        SignatureFactory(observer=self.observer, edition=self.edition)
        self.enrolment = FieldEnrolmentFactory(edition=self.edition)
        self.place = PlaceFactory(organisation=self.enrolment.organisation)
        EnrolledPlace.objects.create(enrolment=self.enrolment, place=self.place)
        self.instruments = {c: FieldInstrumentFactory(edition=self.edition, channel=c) for c in channels or ("phone",)}

    def mission(self, channel: str = "phone", **given: Any) -> models.Mission:
        return MissionFactory(
            **{"edition": self.edition, "enrolment": self.enrolment, "place": self.place, "channel": channel,
               "observer": self.observer} | given
        )  # fmt: skip
