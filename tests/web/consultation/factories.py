"""One factory per model of the consultation, and a small open consultation with the questionnaire that ships."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import factory

from parvis.core.instruments.grid import read_questionnaire
from parvis.web.consultation import models
from parvis.web.consultation.qualification import Rule
from parvis.web.editions.actions.instruments import shipped_files
from parvis.web.editions.models import CalendarDate, Edition, EnrolledPlace, Enrolment, Instrument, Seat
from parvis.web.people.models import Person
from tests.web.consultation.attacks import RULE, STAFF_ADDRESS
from tests.web.territory.factories import OrganisationFactory, PlaceFactory

NOON = datetime(2026, 5, 12, 10, tzinfo=UTC)  # noon in Paris
DAY = date(2026, 5, 12)
FIRST = {"satisfaction": "4", "channel": "visit"}


@lru_cache(maxsize=1)
def questionnaire() -> dict[str, Any]:
    return read_questionnaire(shipped_files("2026")["questionnaire.xlsx"], "questionnaire.xlsx").to_json()


class ConsultationPersonFactory(factory.django.DjangoModelFactory):
    """An organiser, or someone of a body that communicates."""

    class Meta:
        model = Person

    email = factory.Sequence(lambda rank: f"consultation{rank}@parvis.example")
    name = factory.Sequence(lambda rank: f"Personne {rank}")


class ConsultationEditionFactory(factory.django.DjangoModelFactory):
    """An edition whose consultation is open from April to June, with its questionnaire."""

    class Meta:
        model = Edition
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda rank: f"consultation-{rank}")
    year = 2026
    name_fr = factory.Sequence(lambda rank: f"Baromètre {rank}")
    name_en = factory.Sequence(lambda rank: f"Barometer {rank}")
    state = Edition.State.FIELDWORK
    vintage = 2026
    method = "2026"
    method_text = ""
    method_sha256 = "0" * 64
    seed = 20260512
    created_at = NOON
    created_by = factory.SubFactory(ConsultationPersonFactory)

    @factory.post_generation
    def questions(self: Any, create: bool, extracted: Any, **_given: Any) -> None:
        compiled = extracted or questionnaire()
        Instrument.objects.create(
            edition=self, channel=Instrument.CITIZEN, file_name="questionnaire.xlsx", source=b"", compiled=compiled,
            sha256=hashlib.sha256(repr(compiled).encode()).hexdigest(), uploaded_at=NOON, uploaded_by=self.created_by,
        )  # fmt: skip
        CalendarDate.objects.create(
            edition=self, kind=CalendarDate.Kind.CONSULTATION, starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 27),
            announced_at=NOON, announced_by=self.created_by,
        )  # fmt: skip


class ConsultationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Consultation

    edition = factory.SubFactory(ConsultationEditionFactory)
    rule = factory.LazyFunction(lambda: Rule().to_json())
    rule_sha256 = factory.LazyFunction(lambda: Rule().sha256())
    published_at = NOON
    published_by = factory.SelfAttribute("edition.created_by")


class EntryPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.EntryPoint

    edition = factory.SubFactory(ConsultationEditionFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    kind = models.EntryPoint.Kind.LINK
    code = factory.Sequence(lambda rank: f"k{rank:07d}")
    opened_on = date(2026, 4, 1)


class EntryPointDayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.EntryPointDay

    entry_point = factory.SubFactory(EntryPointFactory)
    day = DAY


class EditionDayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.EditionDay

    edition = factory.SubFactory(ConsultationEditionFactory)
    day = DAY


class NetworkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Network

    edition = factory.SubFactory(ConsultationEditionFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    kind = models.Network.Kind.HALL
    addresses = "192.0.2.0/28"
    declared_at = NOON
    declared_by = factory.SelfAttribute("edition.created_by")


class ResponseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Response

    entry_point = factory.SubFactory(EntryPointFactory)
    edition = factory.SelfAttribute("entry_point.edition")
    organisation = factory.SelfAttribute("entry_point.organisation")
    place = factory.SelfAttribute("entry_point.place")
    instrument = factory.LazyAttribute(lambda row: row.edition.instruments.get(channel=Instrument.CITIZEN))
    language = "fr"
    answers = factory.LazyFunction(lambda: dict(FIRST))
    day = DAY
    pages_done = factory.LazyFunction(lambda: ["first"])


class VerbatimFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Verbatim

    response = factory.SubFactory(ResponseFactory)
    question = "comment"
    masked = "Bon accueil, sauf le lundi."


class RateKeyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.RateKey

    day = factory.Sequence(lambda rank: DAY - timedelta(days=rank))
    secret = b"secret of the day"


class RateCounterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.RateCounter

    key = factory.Sequence(lambda rank: f"{rank:06x}" + "0" * 26)
    day = DAY
    count = 1


class Open:
    """A little open consultation: an organiser, an enrolled body with one place, and three ways in."""

    def __init__(self) -> None:
        self.edition = ConsultationEditionFactory()
        self.organiser = ConsultationPersonFactory()
        Seat.objects.create(edition=self.edition, person=self.organiser, role="organiser", granted_at=NOON)
        self.body = OrganisationFactory(name="Valbrune (fictif)", population=10_000, demonstration=True)
        self.enrolment = Enrolment.objects.create(
            edition=self.edition, organisation=self.body, state=Enrolment.State.ACCEPTED, created_at=NOON,
            created_by=self.organiser,
        )  # fmt: skip
        self.place = PlaceFactory(organisation=self.body)
        EnrolledPlace.objects.create(enrolment=self.enrolment, place=self.place)
        self.link, self.qr, self.kiosk = (self._point(kind) for kind in ("link", "qr", "kiosk"))

    def _point(self, kind: str) -> models.EntryPoint:
        place = None if kind == "link" else self.place
        return EntryPointFactory(edition=self.edition, organisation=self.body, place=place, kind=kind)


class CodeBatchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.CodeBatch

    entry_point = factory.SubFactory(EntryPointFactory)
    number = factory.Sequence(lambda rank: rank + 1)
    size = 12
    printed_at = NOON
    printed_by = factory.SubFactory(ConsultationPersonFactory)


class PopulationMarginsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.PopulationMargins

    edition = factory.SubFactory(ConsultationEditionFactory)
    rows = factory.LazyFunction(lambda: [["FR", "gender", "woman", 52.0], ["FR", "gender", "man", 48.0]])
    source = "Recensement inventé"
    sha256 = factory.Sequence(lambda rank: f"{rank:064x}")
    put_at = NOON
    put_by = factory.SelfAttribute("edition.created_by")


class AttendanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Attendance

    edition = factory.SubFactory(ConsultationEditionFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    visits = 20_000
    source = "Compteur de l’entrée, 2025"
    declared_at = NOON
    declared_by = factory.SelfAttribute("edition.created_by")


class UnusedCodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.UnusedCode

    hash = factory.Sequence(lambda rank: f"{rank:064x}")
    batch = factory.SubFactory(CodeBatchFactory)


def attacked() -> models.EntryPoint:
    """The link of a body that has told which network its staff use, under a rule that asks for everything."""
    consultation = Open()
    ConsultationFactory(edition=consultation.edition, rule=RULE.to_json(), rule_sha256=RULE.sha256())
    NetworkFactory(edition=consultation.edition, organisation=consultation.body, kind="staff", addresses=STAFF_ADDRESS)
    return consultation.link


class KitStyleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.KitStyle

    organisation = factory.SubFactory(OrganisationFactory)
    accent = "#16324F"
    changed_at = NOON
    changed_by = factory.SubFactory(ConsultationPersonFactory)


class PaperSheetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.PaperSheet

    entry_point = factory.SubFactory(EntryPointFactory, kind="paper")
    number = factory.Sequence(lambda rank: rank + 1)
    first = factory.LazyFunction(lambda: dict(FIRST))
    first_at = NOON
    first_by = factory.SubFactory(ConsultationPersonFactory)
