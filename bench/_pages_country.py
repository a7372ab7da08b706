"""A whole edition under way, written straight into the database: every row seeded, none through the site."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from parvis.web.bulk import insert_many
from parvis.web.editions.models import Edition, EnrolledPlace, Enrolment, Instrument, Seat
from parvis.web.fieldwork.models import Flag, Mission, Observation, Observer, Scenario
from parvis.web.people.models import JournalEntry, Person
from parvis.web.territory.models import Organisation, Place

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CONTACTS = {"email": 10, "phone": 9, "letter": 3, "visit": 2}
TODAY = datetime.now(UTC).date()
LATE = 0.05  # of the missions in hand: their window is over
REGIONS = ("11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94")


def open_edition(slug: str, model: Edition, organiser: Person) -> Edition:
    """An edition in fieldwork with the grids of another, and nothing in it."""
    edition = Edition.objects.create(
        slug=slug, year=2027, name_fr=f"Mesure {slug}", name_en=f"Measure {slug}", state=Edition.State.FIELDWORK,
        vintage=model.vintage, contact_plan=CONTACTS, method=model.method, method_text=model.method_text,
        method_sha256=model.method_sha256, seed=7, created_at=AT, created_by=organiser,
    )  # fmt: skip
    for each in model.instruments.all():
        each.pk, each.edition = None, edition
        each.save(force_insert=True)
    Seat.objects.create(edition=edition, person=organiser, role=Seat.Role.ORGANISER, granted_at=AT)
    return edition


def fill(edition: Edition, organiser: Person, *, organisations: int, people: int, done: float = 0.7) -> dict[str, int]:
    """Organisations with one place, observers, missions, and reports for a share of them. Returns how many of each."""
    draw = random.Random(20260302)  # noqa: S311 (a seeded draw, nothing secret)
    places, enrolments = _bodies(edition, organiser, organisations, draw)
    observers = _people(people)
    scenarios = _scenarios(edition, organiser)
    missions = _missions(edition, organiser, places, enrolments, observers, scenarios, draw, done)
    Mission.objects.bulk_create(missions, batch_size=2000)
    filed = _observations(edition, [each for each in missions if each.state == Mission.State.DONE], draw)
    insert_many(filed)
    flagged = edition.observations.filter(state=Observation.State.RECEIVED).order_by("pk")[: len(filed) // 100]
    insert_many([Flag(observation=each, kind="late") for each in flagged])
    lines = [
        JournalEntry(
            at=AT, by=organiser, verb="mission.planned", subject=f"fieldwork.Mission:{n}", edition=edition.slug
        )
        for n in range(len(missions))
    ]
    insert_many(lines)
    return {"organisations": organisations, "observers": people, "missions": len(missions), "observations": len(filed)}


def _bodies(edition: Edition, by: Person, count: int, draw: random.Random) -> tuple[list[Place], dict[int, Enrolment]]:
    bodies = [
        Organisation(kind="other", sector="social", scheme="other", identifier=f"mesure-{n:05d}", name=f"Structure {n}",
                     search_name=f"structure {n}", region=draw.choice(REGIONS), departement=f"{1 + n % 95:02d}",
                     demonstration=True, created_at=AT, created_by=by)
        for n in range(count)
    ]  # fmt: skip
    Organisation.objects.bulk_create(bodies, batch_size=1000)
    places = [
        Place(organisation=body, code="main", name="Accueil principal", created_at=AT, created_by=by) for body in bodies
    ]
    Place.objects.bulk_create(places, batch_size=1000)
    enrolments = [
        Enrolment(edition=edition, organisation=body, state=Enrolment.State.ACCEPTED, created_at=AT, created_by=by,
                  staff_informed_on=date(2026, 2, 1))
        for body in bodies
    ]  # fmt: skip
    Enrolment.objects.bulk_create(enrolments, batch_size=1000)
    insert_many([EnrolledPlace(enrolment=e, place=p) for e, p in zip(enrolments, places, strict=True)])
    return places, {each.organisation_id: each for each in enrolments}


def _people(count: int) -> list[Observer]:
    people = [Person(email=f"mesure{n}@parvis.example", name=f"Mesure {n}", joined_at=AT) for n in range(count)]
    Person.objects.bulk_create(people, batch_size=1000)
    observers = [
        Observer(person=person, pseudonym=f"CM-M{n:06d}", status="certified", certified_channels=list(CONTACTS),
                 registered_at=AT, registered_by=person, certified_at=AT, certified_by=person)
        for n, person in enumerate(people)
    ]  # fmt: skip
    return Observer.objects.bulk_create(observers, batch_size=1000)


def _scenarios(edition: Edition, by: Person) -> dict[str, Scenario]:
    return {
        channel: Scenario.objects.create(
            edition=edition, code=f"{channel}-1", channel=channel, title=f"Demande {channel}", text="Demandez.",
            written_at=AT, written_by=by, ethics_reviewed_at=AT, ethics_reviewed_by=by, ethics_verdict="accepted",
        )
        for channel in CONTACTS
    }  # fmt: skip


def _missions(
    edition: Edition, by: Person, places: list[Place], enrolments: dict[int, Enrolment], observers: list[Observer],
    scenarios: dict[str, Scenario], draw: random.Random, done: float,
) -> list[Mission]:  # fmt: skip
    made = []
    for number, place in enumerate(places):
        for rank, channel in enumerate(channel for channel, n in CONTACTS.items() for _ in range(n)):
            observer = observers[(number * 7 + rank) % len(observers)]
            state = Mission.State.DONE if draw.random() < done else Mission.State.ACCEPTED
            late = state == Mission.State.DONE or draw.random() < LATE
            starts = TODAY + timedelta(days=-11 - draw.randrange(60) if late else draw.randrange(40))
            made.append(Mission(
                edition=edition, enrolment=enrolments[place.organisation_id], place=place, channel=channel,
                scenario=scenarios[channel], observer=observer, window_starts_on=starts, half_day="am",
                window_ends_on=starts + timedelta(days=10), state=state, planned_at=AT, planned_by=by, offered_at=AT,
                offered_by=by, accepted_at=AT, accepted_by=by,
            ))  # fmt: skip
    return made


def _observations(edition: Edition, missions: list[Mission], draw: random.Random) -> list[Observation]:
    grids: dict[str, Instrument] = {each.channel: each for each in edition.instruments.all()}
    answers: dict[str, Any] = {"outcome": "reached", **{f"q{n}": "yes" for n in range(40)}}
    states = [Observation.State.APPROVED] * 94 + [Observation.State.RECEIVED] * 5 + [Observation.State.IN_REVIEW]
    return [
        Observation(
            uuid=uuid.UUID(int=draw.getrandbits(128)), edition=edition, mission=mission,
            enrolment_id=mission.enrolment_id, place_id=mission.place_id, channel=mission.channel,
            observer_id=mission.observer_id, scenario_id=mission.scenario_id, instrument=grids[mission.channel],
            answers=answers, outcome="reached", happened_on=mission.window_starts_on,
            half_day=draw.choice(["am", "pm"]), state=draw.choice(states), screened=AT,
            received_at=AT + timedelta(minutes=draw.randrange(100_000)),
            received_by_id=mission.planned_by_id,
        )
        for mission in missions
    ]  # fmt: skip
