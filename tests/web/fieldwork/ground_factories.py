"""The ground of the field in tests: an edition, its grids and bodies, the people who observe."""

from __future__ import annotations

from datetime import UTC, date, datetime

import factory

from parvis.core.instruments.form import Choice, Grid, Page, Question, QuestionKind
from parvis.core.instruments.method import load_method
from parvis.core.vocabulary import Channel, Criterion, Determinant, Stage, Text
from parvis.web.editions.models import Edition, Enrolment, Instrument
from parvis.web.fieldwork import models
from parvis.web.people.models import Person
from tests.web.territory.factories import OrganisationFactory

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
DAY = date(2026, 3, 9)


def small_grid(channel: str = "phone") -> Grid:
    """Two stages: how the contact ended; then courtesy (asked when reached) and a free comment."""
    yes_no = (Choice("yes", {"fr": "Oui", "en": "Yes"}, 1.0), Choice("no", {"fr": "Non", "en": "No"}, 0.0))
    ends = (
        Choice("reached", {"fr": "Quelqu’un a répondu", "en": "Someone answered"}),
        Choice("not_reached", {"fr": "Personne n’a répondu", "en": "Nobody answered"}),
    )
    reached = ["=", ["$", "outcome"], "reached"]
    first = Page(
        "access", {"fr": "L’accès", "en": "Access"},
        (
            Question("outcome", QuestionKind.CHOICE, {"fr": "Comment le contact a-t-il fini ?", "en": "Outcome?"},
                     choices=ends, required=True),
            Question("rings", QuestionKind.INTEGER, {"fr": "Nombre de sonneries", "en": "Rings"}, relevant=reached,
                     constraint=["and", [">=", ["."], 0], ["<=", ["."], 30]],
                     constraint_messages={"fr": "Entre 0 et 30.", "en": "Between 0 and 30."}),
        ),
    )  # fmt: skip
    second = Page(
        "handling", {"fr": "Le traitement", "en": "Handling"},
        (
            Question("courtesy", QuestionKind.CHOICE, {"fr": "L’agent dit bonjour", "en": "The agent says hello"},
                     choices=yes_no, relevant=reached, required=True, criterion="courtesy"),
            Question("comment", QuestionKind.TEXT, {"fr": "Ce que vous avez vécu", "en": "What happened"}),
        ),
    )  # fmt: skip
    criterion = Criterion(
        "courtesy", Channel(channel), Stage.HANDLING, Determinant.COURTESY, 1.0, Text("Bonjour", "Hello"), "Test"
    )
    return Grid(
        code=f"{channel}-test", version="1", titles={"fr": "Grille d’essai", "en": "Test grid"}, languages=("fr", "en"),
        pages=(first, second), channel=Channel(channel), criteria=(criterion,),
    )  # fmt: skip


class FieldPersonFactory(factory.django.DjangoModelFactory):
    """Someone of the field, or who steers it."""

    class Meta:
        model = Person

    email = factory.Sequence(lambda rank: f"terrain{rank}@parvis.example")
    name = factory.Sequence(lambda rank: f"Personne {rank}")


class FieldEditionFactory(factory.django.DjangoModelFactory):
    """An edition whose fieldwork is open, without anything in it."""

    class Meta:
        model = Edition

    slug = factory.Sequence(lambda rank: f"terrain-{rank}")
    year = 2026
    name_fr = factory.Sequence(lambda rank: f"Baromètre {rank}")
    name_en = factory.Sequence(lambda rank: f"Barometer {rank}")
    state = Edition.State.FIELDWORK
    vintage = 2026
    contact_plan = {"phone": 2, "email": 1}
    method = "2026"
    method_text = load_method("2026")[1]
    method_sha256 = "0" * 64
    seed = 20260302
    created_at = MORNING
    created_by = factory.SubFactory(FieldPersonFactory)


class FieldInstrumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Instrument

    edition = factory.SubFactory(FieldEditionFactory)
    channel = "phone"
    file_name = "phone.xlsx"
    source = b""
    sha256 = "1" * 64
    compiled = factory.LazyAttribute(lambda row: small_grid(row.channel).to_json())
    uploaded_at = MORNING
    uploaded_by = factory.SubFactory(FieldPersonFactory)


class FieldEnrolmentFactory(factory.django.DjangoModelFactory):
    """An accepted organisation whose staff were informed."""

    class Meta:
        model = Enrolment

    edition = factory.SubFactory(FieldEditionFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    state = Enrolment.State.ACCEPTED
    staff_informed_on = date(2026, 2, 1)
    created_at = MORNING
    created_by = factory.SubFactory(FieldPersonFactory)


class ObserverFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Observer

    person = factory.SubFactory(FieldPersonFactory)
    pseudonym = factory.Sequence(lambda rank: f"CM-{rank:05d}")
    commune = "25056"
    departement = "25"
    status = models.Observer.Status.CERTIFIED
    certified_channels = [str(channel) for channel in Channel]
    registered_at = MORNING
    registered_by = factory.SubFactory(FieldPersonFactory)
    certified_at = MORNING
    certified_by = factory.SelfAttribute("registered_by")


class StatusChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.StatusChange

    observer = factory.SubFactory(ObserverFactory)
    from_status = "applied"
    to_status = "training"
    changed_at = factory.Sequence(lambda rank: NOON.replace(minute=rank % 60, second=rank // 60 % 60))
    changed_by = factory.SelfAttribute("observer.registered_by")


class AbsenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Absence

    observer = factory.SubFactory(ObserverFactory)
    starts_on = DAY
    ends_on = DAY
    declared_at = MORNING
    declared_by = factory.SelfAttribute("observer.person")


class QuizAttemptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.QuizAttempt

    observer = factory.SubFactory(ObserverFactory)
    channel = "phone"
    version = "2026-1"
    right = 7
    asked = 7
    passed = True
    taken_at = factory.Sequence(lambda rank: NOON.replace(minute=rank % 60, second=rank // 60 % 60))
    taken_by = factory.SelfAttribute("observer.person")


class CertificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Certification

    observer = factory.SubFactory(ObserverFactory)
    channel = "phone"
    version = "2026-1"
    origin = models.Certification.Origin.QUIZ
    granted_at = NOON
    granted_by = factory.SelfAttribute("observer.person")


class ConflictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Conflict

    observer = factory.SubFactory(ObserverFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    reason = "J’y travaille"
    declared_at = MORNING
    declared_by = factory.SelfAttribute("observer.person")


class SignatureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Signature

    observer = factory.SubFactory(ObserverFactory)
    edition = factory.SubFactory(FieldEditionFactory)
    version = "2026-1"
    signed_at = MORNING
    signed_by = factory.SelfAttribute("observer.person")
