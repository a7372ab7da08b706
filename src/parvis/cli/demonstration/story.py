"""The two editions told in order: 2025 from enrolment to delivery, 2026 up to the middle of its fieldwork."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.mail import get_connection
from django.db import transaction

from parvis.cli.demonstration import bodies as body
from parvis.cli.demonstration import citizens
from parvis.cli.demonstration import observers as field
from parvis.cli.demonstration.accounts import DOMAIN, PASSWORD, ROLES, email_of
from parvis.cli.demonstration.answering import Filler
from parvis.cli.demonstration.truth import Truth, draw_truth, keep_truth
from parvis.core.instruments.form import Grid
from parvis.core.instruments.grid import read_form
from parvis.core.vocabulary import Level, Stage
from parvis.web.consultation import actions as consultation
from parvis.web.editions import actions as editions
from parvis.web.editions.actions.instruments import current_instruments, shipped_files
from parvis.web.editions.models import Edition, Instrument, Seat
from parvis.web.fieldwork import actions as fieldwork
from parvis.web.fieldwork.models import Mission, Observer
from parvis.web.jobs.actions import send_waiting_mail
from parvis.web.people.actions import register_people
from parvis.web.people.models import Person
from parvis.web.results import actions as results
from parvis.web.results.dataset import organisation_key
from parvis.web.results.models import Publication
from parvis.web.territory.actions import grant_memberships, load_shipped
from parvis.web.territory.models import Membership, Organisation

Tell = Callable[[str], None]
VINTAGE = 2026
OBSERVERS, RESPONSES = 500, 50_000  # for 350 organisations; fewer bodies have fewer of both
STRENGTHS = "L’équipe répond avec constance ; les canaux les mieux notés peuvent servir de modèle aux autres."
LEADS = "Commencez par le canal le moins bien noté : une réponse type, relue chaque mois, suffit souvent."
REASONS = (
    "Notre adresse est en tête de la page d’accueil depuis mai ; la capture le montre.",
    "L’annuaire de l’administration a été corrigé en avril, à notre demande.",
)
OUTCOME = (
    "Les contacts ont été faits avant ce changement. La note ne change pas ; l’édition suivante en tiendra compte."
)
# First and last (month, day) of each period.
DATES = {
    "enrolment": ((1, 6), (3, 14)),
    "fieldwork": ((4, 1), (6, 27)),
    "consultation": ((4, 1), (6, 27)),
    "results": ((10, 1), (10, 3)),
    "appeals": ((10, 3), (12, 31)),
    "ceremony": ((11, 20), (11, 20)),
}
RUNNING_DATES = {
    "enrolment": ((1, 6), (3, 14)),
    "fieldwork": ((4, 1), (12, 18)),
    "consultation": ((4, 1), (12, 18)),
    "results": ((12, 28), (12, 30)),
}
APPEALS_END_ON = date(2026, 12, 31)  # of the published edition: still open while the running one is in the field

RUNNING_ENDS_ON = date(2026, 12, 18)


def build(*, seed: int, organisations: int, tell: Tell) -> None:
    """Build everything once; a database that already holds the demonstration is left as it is."""
    if Edition.objects.filter(slug="2026-demo").exists():
        tell("La démonstration est déjà montée. · The demonstration is already built.")
        return
    draws = np.random.default_rng(seed)
    share = organisations / 350
    with transaction.atomic(), few_collections():
        _tell(tell, "Territoires", "Territories")
        load_shipped(at=_moment(2025, 1, 2))
        people = _people(max(12, round(OBSERVERS * share)))
        _tell(tell, "Structures fictives", "Invented organisations")
        stage = _Stage(draws, seed, people, organisations, round(RESPONSES * share), tell)
        first = stage.play(2025, previous=None, truth=stage.truth)
        stage.finish(first)
        later = stage.truth.later(draws)
        second = stage.play(2026, previous=first, truth=later, done_share=0.3)
        keep_truth(
            Path(settings.HOME) / "truth.json",
            organisations=[organisation_key(each.pk) for each in stage.bodies],
            truths={first.slug: stage.truth, second.slug: later},
            observers=[each.pseudonym for each in stage.observers],
        )
        # The story's letters are old: nobody is at those addresses, and no newcomer's terminal has to print them.
        nowhere = get_connection("django.core.mail.backends.dummy.EmailBackend")
        send_waiting_mail(at=_moment(2026, 7, 1), most=10_000, connection=nowhere)


@contextmanager
def few_collections() -> Iterator[None]:
    """Nearly every object made here is kept until its rows are written: looking for garbage among them is time lost."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


class _Stage:
    """The cast and the bodies of the demonstration, and what happens to them in an edition."""

    def __init__(
        self, draws: np.random.Generator, seed: int, people: dict[str, Person], count: int, responses: int, tell: Tell
    ) -> None:
        self.draws, self.seed, self.people, self.responses, self.tell = draws, seed, people, responses, tell
        self.organiser = people["organiser"]
        at = _moment(2025, 1, 3)
        self.bodies = body.invent_bodies(draws, count=count, vintage=VINTAGE, by=self.organiser, at=at)
        body.open_places(draws, self.bodies, by=self.organiser, at=at)
        watchers = [people[role] for role in sorted(people) if role.startswith("observer")]
        self.observers = field.register_observers(draws, people=watchers, by=self.organiser, at=at)
        self._memberships(at)
        self.truth: Truth = draw_truth(draws, bodies=count, observers=len(watchers), criteria=self._criteria())

    def play(self, year: int, *, previous: Edition | None, truth: Truth, done_share: float = 1.0) -> Edition:
        """Enrolment, then fieldwork and consultation; a share of the missions is done and their reports approved."""
        edition = self._open(year, previous)
        by, at = self.organiser, _moment(year, 2, 3)
        _tell(self.tell, f"Édition {year} : inscriptions", f"Edition {year}: enrolments")
        body.enrol_bodies(edition, self.bodies, informed_on=date(year, 1, 20), by=by, at=at)
        editions.freeze_instruments(edition, by=by, at=_moment(year, 3, 20))
        editions.open_fieldwork(edition, by=by, at=_moment(year, 4, 1))
        _tell(self.tell, f"Édition {year} : missions et observations", f"Edition {year}: missions and observations")
        soon = field.Window(date(year, 11, 20), RUNNING_ENDS_ON)
        windows = [(field.Window(date(year, 4, 2), date(year, 6, 25)), done_share), (soon, 1 - done_share)]
        missions = field.send_missions(
            self.draws, edition, body.enrolled_places(edition), self.observers,
            windows=windows if done_share < 1 else windows[:1], by=by, at=_moment(year, 4, 1, 9),
        )  # fmt: skip
        done = [mission for mission in missions if mission.window_starts_on < date(year, 7, 1)]
        field.accept_all(done, at=_moment(year, 4, 1, 10))
        field.accept_all(self._in_hand(missions[len(done) :]), at=_moment(year, 6, 30))
        reports = field.file_reports(self.draws, done, truth, self._fillers(edition, truth), self._ranks(), by=by)
        waiting = 0 if done_share == 1.0 else len(reports) // 10
        fieldwork.approve_many(reports[: len(reports) - waiting], by=by, at=_moment(year, 7, 1))
        _tell(self.tell, f"Édition {year} : consultation", f"Edition {year}: consultation")
        share = 0.8 if done_share == 1.0 else 0.2
        citizens.answer(
            self.draws, edition, self.bodies, truth, count=round(self.responses * share), by=by, at=_moment(year, 6, 20)
        )
        return edition

    def _in_hand(self, missions: Sequence[Mission]) -> list[Mission]:
        """What the observer whom people may try has accepted and not done yet; the rest stays offered."""
        own = [mission for mission in missions if mission.observer_id == self.observers[0].pk]
        return own[: len(own) // 2 + 1]

    def finish(self, edition: Edition) -> None:
        """Close, freeze, publish, deliver."""
        by, year = self.organiser, edition.year
        _tell(self.tell, f"Édition {year} : calcul et publication", f"Edition {year}: scoring and publication")
        fieldwork.close_fieldwork(edition, by=by, at=_moment(year, 7, 5))
        results.freeze(edition, by=by, at=_moment(year, 9, 15))
        publication = results.publish(edition, by=by, at=_moment(year, 10, 1))
        self._advise(edition, publication)
        results.deliver(publication, by=by, at=_moment(year, 10, 2))
        self._appeal(edition)

    def _appeal(self, edition: Edition) -> None:
        """The first body contests two criteria: one answer has come, the other is awaited."""
        own, lead = self.bodies[0], self.people["lead"]
        seen = edition.observations.filter(enrolment__organisation=own, state="approved").order_by("channel")
        channel = seen.values_list("channel", flat=True)[0]
        grid = Grid.from_json(current_instruments(edition)[channel].compiled)
        filed = [
            fieldwork.appeal(edition, organisation=own, channel=channel, criterion=criterion.code, reason=reason,
                             by=lead, at=_moment(edition.year, 10, 6))
            for criterion, reason in zip(grid.criteria, REASONS, strict=False)
        ]  # fmt: skip
        fieldwork.decide_appeal(
            filed[0], uphold=False, outcome=OUTCOME, by=self.organiser, at=_moment(edition.year, 10, 20)
        )

    def _advise(self, edition: Edition, publication: Publication) -> None:
        """The first body has ordered the analysis; the expert, who reads three bodies, has signed their word on it."""
        lead, expert, at = self.people["lead"], self.people["expert"], _moment(edition.year, 10, 1, 12)
        enrolments = {each.organisation_id: each for each in edition.enrolments.select_related("organisation")}
        own = enrolments[self.bodies[0].pk]
        order = results.quote_order(own, level=Level.ANALYSED, by=lead, at=at)
        results.accept_order(order, name=f"{lead.name}, direction de l’accueil", on=at.date(), by=lead, at=at)
        results.confirm_order(order, by=self.organiser, at=at)
        for each in self.bodies[:3]:
            results.assign_expert(enrolments[each.pk], expert=expert, by=self.organiser, at=at)
        commentary = results.write_commentary(
            publication.scorecards.get(organisation=self.bodies[0]), channel="", strengths=STRENGTHS, leads=LEADS,
            priority=1, by=expert, at=at,
        )  # fmt: skip
        results.sign_commentary(commentary, by=expert, at=at)

    def _open(self, year: int, previous: Edition | None) -> Edition:
        by, at = self.organiser, _moment(year, 1, 4)
        edition = editions.create_edition(
            slug=f"{year}-demo", year=year, name_fr=f"Édition {year} (démonstration)",
            name_en=f"Edition {year} (demonstration)", vintage=VINTAGE, method="2026", seed=self.seed + year,
            by=by, at=at, previous=previous, demonstration=True,
        )  # fmt: skip
        for kind, (first, last) in (RUNNING_DATES if previous else DATES).items():
            first_day, last_day = date(year, *first), date(year, *last)
            last_day = APPEALS_END_ON if kind == "appeals" else last_day
            editions.change_date(edition, kind=kind, starts_on=first_day, ends_on=last_day, by=by, at=at)
        consultation.publish_rule(edition, by=by, at=at)
        editions.put_shipped_instruments(edition, vintage="2026", by=by, at=at)
        for role in (Seat.Role.EXPERT, Seat.Role.JURY):
            editions.give_seat(edition, person=self.people[role], role=role, by=by, at=at)
        return editions.open_enrolment(edition, by=by, at=at)

    def _memberships(self, at: datetime) -> None:
        first = self.bodies[0]
        ties = [
            (first, self.people["lead"], Membership.Role.LEAD),
            (first, self.people["member"], Membership.Role.MEMBER),
        ]
        grant_memberships(ties=ties, at=at, by=self.organiser)

    def _criteria(self) -> dict[str, Stage]:
        forms = [read_form(content, name=name) for name, content in shipped_files("2026").items()]
        return {each.code: each.stage for form in forms if isinstance(form, Grid) for each in form.criteria}

    def _fillers(self, edition: Edition, truth: Truth) -> dict[str, Filler]:
        current = current_instruments(edition)
        return {
            channel: Filler(Grid.from_json(each.compiled), dict(truth.difficulty), today=date(edition.year, 6, 27))
            for channel, each in current.items()
            if channel != Instrument.CITIZEN
        }

    def _ranks(self) -> dict[str, dict[int, int]]:
        return {"organisation": _order(self.bodies), "observer": _order(self.observers)}


def _order(rows: Sequence[Organisation] | Sequence[Observer]) -> dict[int, int]:
    return {row.pk: number for number, row in enumerate(rows)}


def _people(observers: int) -> dict[str, Person]:
    """One account for each role, and the other mystery citizens; one hash serves all, since the password is public."""
    at, password = _moment(2025, 1, 2), make_password(PASSWORD)
    names = {role: name for role, (_, name) in ROLES.items()}
    names |= {f"observer{number:03d}": f"Citoyen-mystère {number}" for number in range(2, observers + 1)}
    wanted = [
        Person(email=email_of(role), name=name, password=password, demonstration=True, joined_at=at)
        for role, name in names.items()
    ]
    registered = register_people(people=wanted, by=None, at=at)
    return {person.email.removesuffix(f"@{DOMAIN}"): person for person in registered}


def _moment(year: int, month: int, day: int, hour: int = 8) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def _tell(tell: Tell, french: str, english: str) -> None:
    tell(f"  {french} · {english}")
