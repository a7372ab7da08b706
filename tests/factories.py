"""One factory per model that has no test folder of its own; the others stand beside their tests and are named here too.

Each makes a row that the database accepts, with everything around it, and nothing more.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from parvis.core.vocabulary import Level
from parvis.web.editions import models as editions
from parvis.web.improvement import models as improvement
from parvis.web.jobs import models as jobs
from parvis.web.people import models as people
from parvis.web.results import models as results
from tests.web.territory.factories import MembershipFactory, OrganisationFactory, PlaceFactory, TerritoryFactory

__all__ = ["MembershipFactory", "OrganisationFactory", "PlaceFactory", "TerritoryFactory"]

MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PASSWORD = "un-long-mot-de-passe"
METHOD = 'format = "parvis-method/1"\nid = "2026"\n'


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# --- people and jobs


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = people.Person

    email = factory.Sequence(lambda rank: f"personne{rank}@parvis.example")
    name = factory.Sequence(lambda rank: f"Camille {rank}")

    @classmethod
    def _create(cls, model_class: Any, *_args: Any, **kwargs: Any) -> Any:
        return model_class.objects.create_user(password=kwargs.pop("password", PASSWORD), **kwargs)


class JournalEntryFactory(DjangoModelFactory):
    class Meta:
        model = people.JournalEntry

    at = MOMENT
    by = factory.SubFactory(PersonFactory)
    verb = "enrol"
    subject = factory.Sequence(lambda rank: f"editions.Enrolment:{rank}")


class JobFactory(DjangoModelFactory):
    class Meta:
        model = jobs.Job

    task = "parvis.web.results.tasks.publish_edition"
    label = factory.Sequence(lambda rank: f"Calcul {rank}")
    asked_at = MOMENT


class MailFactory(DjangoModelFactory):
    class Meta:
        model = jobs.Mail

    to = factory.Sequence(lambda rank: f"destinataire{rank}@parvis.example")
    subject = "Vos résultats"
    body = "Bonjour,"


# --- editions


class EditionFactory(DjangoModelFactory):
    class Meta:
        model = editions.Edition

    slug = factory.Sequence(lambda rank: f"edition-{rank}")
    year = 2026
    name_fr = factory.Sequence(lambda rank: f"Édition {rank}")
    name_en = factory.Sequence(lambda rank: f"Edition {rank}")
    vintage = 2026
    method = "2026"
    method_text = METHOD
    method_sha256 = digest(METHOD)
    seed = 2026
    created_at = MOMENT
    created_by = factory.SubFactory(PersonFactory)


class CalendarDateFactory(DjangoModelFactory):
    class Meta:
        model = editions.CalendarDate

    edition = factory.SubFactory(EditionFactory)
    kind = editions.CalendarDate.Kind.ENROLMENT
    starts_on = date(2026, 1, 5)
    ends_on = date(2026, 2, 27)
    announced_at = MOMENT
    announced_by = factory.SelfAttribute("edition.created_by")


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = editions.Category

    edition = factory.SubFactory(EditionFactory)
    code = factory.Sequence(lambda rank: f"communes-{rank}")
    label_fr = "Communes de 2 000 à 10 000 habitants"
    label_en = "Communes of 2,000 to 10,000 inhabitants"
    position = factory.Sequence(lambda rank: rank % 1000)
    rule = {"kinds": ["commune"], "population_min": 2000, "population_max": 9999}


class InstrumentFactory(DjangoModelFactory):
    class Meta:
        model = editions.Instrument

    edition = factory.SubFactory(EditionFactory)
    channel = "phone"
    file_name = "phone.xlsx"
    source = b"xlsx"
    sha256 = digest("xlsx")
    compiled: dict[str, Any] = {}
    uploaded_at = MOMENT
    uploaded_by = factory.SelfAttribute("edition.created_by")


class PriceFactory(DjangoModelFactory):
    class Meta:
        model = editions.Price

    edition = factory.SubFactory(EditionFactory)
    level = Level.ANALYSED
    amount = Decimal("1500.00")
    content = "Analyse par canal, pistes de progrès."


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = editions.Seat

    edition = factory.SubFactory(EditionFactory)
    person = factory.SubFactory(PersonFactory)
    role = editions.Seat.Role.ORGANISER
    granted_at = MOMENT


class EnrolmentFactory(DjangoModelFactory):
    """A draft; `accepted=True` gives one that fieldwork can use."""

    class Meta:
        model = editions.Enrolment

    class Params:
        accepted = factory.Trait(
            state=editions.Enrolment.State.ACCEPTED,
            consent_named=True,
            staff_informed_on=date(2026, 2, 1),
            submitted_at=MOMENT,
            submitted_by=factory.SelfAttribute("created_by"),
            decided_at=MOMENT,
            decided_by=factory.SelfAttribute("created_by"),
        )

    edition = factory.SubFactory(EditionFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    category = factory.SubFactory(CategoryFactory, edition=factory.SelfAttribute("..edition"))
    created_at = MOMENT
    created_by = factory.SubFactory(PersonFactory)


class EnrolledPlaceFactory(DjangoModelFactory):
    class Meta:
        model = editions.EnrolledPlace

    enrolment = factory.SubFactory(EnrolmentFactory)
    place = factory.SubFactory(PlaceFactory, organisation=factory.SelfAttribute("..enrolment.organisation"))


# --- results


class FrozenDatasetFactory(DjangoModelFactory):
    class Meta:
        model = results.FrozenDataset

    edition = factory.SubFactory(EditionFactory)
    sha256 = factory.Sequence(lambda rank: digest(f"dataset {rank}"))
    folder = factory.Sequence(lambda rank: f"edition-{rank}/dataset")
    rows: dict[str, int] = {"contacts": 0}
    frozen_at = MOMENT
    frozen_by = factory.SelfAttribute("edition.created_by")


class PublicationFactory(DjangoModelFactory):
    class Meta:
        model = results.Publication

    edition = factory.SubFactory(EditionFactory)
    number = 1
    dataset = factory.SubFactory(FrozenDatasetFactory, edition=factory.SelfAttribute("..edition"))
    folder = factory.Sequence(lambda rank: f"edition-{rank}/result")
    result_sha256 = factory.Sequence(lambda rank: digest(f"result {rank}"))
    national: dict[str, Any] = {}
    published_at = MOMENT
    published_by = factory.SelfAttribute("edition.created_by")


class ScorecardFactory(DjangoModelFactory):
    class Meta:
        model = results.Scorecard

    publication = factory.SubFactory(PublicationFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    data: dict[str, Any] = {}


class DistinctionFactory(DjangoModelFactory):
    class Meta:
        model = results.Distinction

    publication = factory.SubFactory(PublicationFactory)
    category = factory.SubFactory(CategoryFactory, edition=factory.SelfAttribute("..publication.edition"))
    organisation = factory.SubFactory(OrganisationFactory)
    kind = results.Distinction.Kind.TROPHY
    rank = 1
    named = True


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = results.Delivery

    scorecard = factory.SubFactory(ScorecardFactory)
    delivered_at = MOMENT
    delivered_by = factory.SubFactory(PersonFactory)


class OrderFactory(DjangoModelFactory):
    class Meta:
        model = results.Order

    enrolment = factory.SubFactory(EnrolmentFactory)
    level = Level.ANALYSED
    number = factory.Sequence(lambda rank: f"D-2026-{rank:04}")
    amount = Decimal("1500.00")
    vat_percent = Decimal("20.0")
    content = "Analyse par canal, pistes de progrès."
    quoted_at = MOMENT
    quoted_by = factory.SubFactory(PersonFactory)


class CommentaryFactory(DjangoModelFactory):
    class Meta:
        model = results.Commentary

    scorecard = factory.SubFactory(ScorecardFactory)
    channel = "phone"
    written_at = MOMENT
    written_by = factory.SubFactory(PersonFactory)


class ExpertAssignmentFactory(DjangoModelFactory):
    class Meta:
        model = results.ExpertAssignment

    enrolment = factory.SubFactory(EnrolmentFactory)
    expert = factory.SubFactory(PersonFactory)
    assigned_at = MOMENT
    assigned_by = factory.SubFactory(PersonFactory)


# --- improvement


class ActionPlanFactory(DjangoModelFactory):
    class Meta:
        model = improvement.ActionPlan

    organisation = factory.SubFactory(OrganisationFactory)
    edition = factory.SubFactory(EditionFactory)
    starts_on = date(2026, 9, 1)
    ends_on = date(2028, 3, 1)
    created_at = MOMENT
    created_by = factory.SubFactory(PersonFactory)


class ActionFactory(DjangoModelFactory):
    class Meta:
        model = improvement.Action

    plan = factory.SubFactory(ActionPlanFactory)
    finding = "Un appel sur trois reste sans réponse le lundi matin."
    title = factory.Sequence(lambda rank: f"Renforcer le standard le lundi ({rank})")
    owner = "Responsable de l’accueil"
    due_on = date(2026, 12, 1)
    success_criterion = "Neuf appels sur dix pris en moins de cinq sonneries."
    created_at = MOMENT
    created_by = factory.SelfAttribute("plan.created_by")


class ActionReviewFactory(DjangoModelFactory):
    class Meta:
        model = improvement.ActionReview

    action = factory.SubFactory(ActionFactory)
    decision = improvement.ActionReview.Decision.KEEP
    comment = "Huit appels sur dix."
    reviewed_at = MOMENT
    reviewed_by = factory.SelfAttribute("action.created_by")
