"""The standing cast: everyone who may knock at the doors of the site, placed around one demonstration."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.base import ContentFile

from parvis.core.vocabulary import Level
from parvis.rendering.scorecard import Scorecard as Card
from parvis.web.consultation.models import EntryPoint
from parvis.web.editions.actions import give_seat
from parvis.web.editions.models import Edition, Enrolment
from parvis.web.fieldwork.models import Mission, Observation, Observer
from parvis.web.fieldwork.openrosa import new_key
from parvis.web.fieldwork.planning import Asked
from parvis.web.people.models import Person
from parvis.web.results.actions import quote_order
from parvis.web.results.models import Publication, Scorecard
from parvis.web.territory.models import Membership, Organisation, Territory
from tests.factories import (
    MOMENT,
    ActionFactory,
    CommentaryFactory,
    EditionFactory,
    JobFactory,
    PersonFactory,
    SeatFactory,
)
from tests.web.consultation.factories import PaperSheetFactory
from tests.web.fieldwork.factories import (
    AppealFactory,
    ContactPlanFactory,
    DoubleCodingFactory,
    EvidenceFactory,
    ParcelFactory,
)

ASKED = Asked({"phone": 1}, date(2026, 4, 1), date(2026, 5, 29)).to_json()
CAST = (
    "anonymous", "stranger", "organiser", "other_organiser", "lead", "member", "other_lead", "observer",
    "other_observer", "expert", "other_expert", "jury",
)  # fmt: skip


@dataclass
class World:
    """A demonstration, the people around it, and one thing of each kind, for the addresses that need one."""

    published: Edition
    running: Edition
    organisation: Organisation
    people: dict[str, Person] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    @property
    def publication(self) -> Publication:
        return self.published.publications.get()

    @property
    def scorecard(self) -> Scorecard:
        return self.publication.scorecards.get(organisation=self.organisation)


def gather() -> World:
    """The world of a demonstration that has just been built."""
    published, running = Edition.objects.get(slug="2025-demo"), Edition.objects.get(slug="2026-demo")
    organisation = Membership.objects.get(person__email="lead@parvis.example").organisation
    world = World(published, running, organisation)
    world.people = _people(world)
    world.things = _things(world)
    return world


def _people(world: World) -> dict[str, Person]:
    people = {
        role: Person.objects.get(email=f"{role}@parvis.example")
        for role in ("organiser", "lead", "member", "observer", "expert", "jury")
    }
    own = Mission.objects.filter(edition=world.running).exclude(observer__person=people["observer"])
    watcher = own.order_by("pk").values_list("observer", flat=True)[0]
    people["other_observer"] = Observer.objects.get(pk=watcher).person
    for name in ("stranger", "other_organiser", "other_lead", "other_expert"):
        people[name] = PersonFactory(name=name, demonstration=True)
    SeatFactory(edition=EditionFactory(slug="ailleurs"), person=people["other_organiser"])
    give_seat(world.published, person=people["other_expert"], role="expert", by=people["organiser"], at=MOMENT)
    elsewhere = Organisation.objects.filter(demonstration=True).exclude(pk=world.organisation.pk).order_by("pk")[3]
    Membership.objects.create(
        organisation=elsewhere, person=people["other_lead"], role=Membership.Role.LEAD, granted_at=MOMENT
    )
    return people


def _things(world: World) -> dict[str, Any]:
    lead = world.people["lead"]
    enrolment = Enrolment.objects.get(edition=world.running, organisation=world.organisation)
    accepted = Mission.objects.filter(edition=world.running, state=Mission.State.ACCEPTED).order_by("pk")
    mission, case = (
        accepted.filter(observer__person=world.people["observer"], channel=channel)[0]
        for channel in ("phone", "letter")
    )
    observation = Observation.objects.filter(edition=world.running).order_by("pk")[0]
    points = EntryPoint.objects.filter(edition=world.running, organisation=world.organisation)
    written = Observation.objects.filter(edition=world.running, channel="email").order_by("pk")[0]
    criteria = [each for each in Card.from_json(world.scorecard.data).criteria if each.figure.channel == "phone"]
    person = world.people["observer"]
    key, token = new_key(person.observer, label="Téléphone", by=person, at=MOMENT)
    return {
        "edition": world.running.slug,
        "organisation": world.organisation.pk,
        "enrolment": enrolment.pk,
        "order": quote_order(enrolment, level=Level.AUDIT, by=lead, at=MOMENT).pk,
        "scorecard": world.scorecard.pk,
        "action": ActionFactory(plan__organisation=world.organisation, plan__edition=world.published).pk,
        "commentary": CommentaryFactory(scorecard=world.scorecard, channel="phone").pk,
        "mission": mission.pk,
        "case": case.pk,
        "observer": Observer.objects.get(person=world.people["observer"]).pk,
        "observation": observation.uuid,
        "number": ContactPlanFactory(edition=world.running, number=1, asked=ASKED).number,
        "scenario": world.running.scenarios.order_by("pk")[0].pk,
        "appeal": AppealFactory(edition=world.running, organisation=world.organisation).pk,
        "coding": DoubleCodingFactory(observation=written).pk,
        "criterion": criteria[0].code,
        "piece": EvidenceFactory(observation=observation, file=ContentFile(b"scan", name="scan.png")).pk,
        "territory": Territory.objects.get(vintage=2026, kind="commune", name="Besançon").pk,
        "code": points.get(kind=EntryPoint.Kind.QR).code,
        "kiosk": points.get(kind=EntryPoint.Kind.KIOSK).code,
        "sheet": PaperSheetFactory(entry_point=points.get(kind=EntryPoint.Kind.PAPER)).pk,
        "token": token,
        "key": key.pk,
        "form": f"parvis-m{mission.pk}",
        "parcel": ParcelFactory(key=key, edition=world.running).pk,
        "point": points.get(kind=EntryPoint.Kind.KIOSK).pk,
        "job": JobFactory(arguments={"edition": world.running.slug}, asked_by=world.people["organiser"]).pk,
    }
