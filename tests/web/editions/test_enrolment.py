"""An organisation enters an edition: what is refused, what is kept, and many at once as one by one."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import pytest
from django.core.files.base import ContentFile

from parvis.core.vocabulary import ParvisError
from parvis.web.editions import actions
from parvis.web.editions.actions.enrolment import missing_before_submission
from parvis.web.editions.categories import categories_of, category_of_territory, fits
from parvis.web.editions.models import CalendarDate, Edition, Enrolment
from parvis.web.editions.queries import enrolment_queue
from parvis.web.jobs.models import Mail
from parvis.web.people.models import JournalEntry, Person
from parvis.web.territory.models import Membership, Organisation
from tests.factories import (
    MOMENT,
    CalendarDateFactory,
    EditionFactory,
    EnrolmentFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    PlaceFactory,
    TerritoryFactory,
)
from tests.refused import refused
from tests.web.territory.factories import VintageFactory

pytestmark = pytest.mark.django_db
State = Enrolment.State
LATE = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def edition() -> Edition:
    """Open to enrolment until 31 March 2026, with the usual categories, on the territories of 2026."""
    opened = actions.create_edition(
        slug="2026", year=2026, name_fr="Édition 2026", name_en="Edition 2026", vintage=2026, method="2026", seed=1,
        by=PersonFactory(), at=MOMENT,
    )  # fmt: skip
    VintageFactory(year=2026)
    CalendarDateFactory(edition=opened, starts_on=date(2026, 1, 5), ends_on=date(2026, 3, 31))
    Edition.objects.filter(pk=opened.pk).update(state=Edition.State.ENROLMENT)
    opened.refresh_from_db()
    return opened


def body(population: int = 5000) -> Organisation:
    code = TerritoryFactory(population=population).code
    return OrganisationFactory(scheme=Organisation.Scheme.INSEE, identifier=code, territory_code=code)


def begun(edition: Edition, organisation: Organisation | None = None) -> Enrolment:
    return actions.begin_enrolment(edition, organisation=organisation or body(), by=PersonFactory(), at=MOMENT)


def complete(edition: Edition) -> Enrolment:
    enrolment = begun(edition)
    by, place = enrolment.created_by, PlaceFactory(organisation=enrolment.organisation)
    actions.write_perimeter(enrolment, places=[place], absent_channels=["social"], by=by, at=MOMENT)
    actions.write_wishes(enrolment, level="raw", consent_named=True, by=by, at=MOMENT)
    return enrolment


@pytest.mark.parametrize(
    ("population", "code"),
    [(2000, "communes-2-10"), (9999, "communes-2-10"), (10000, "communes-10-20"), (250000, "communes-100")],
)
def test_the_category_comes_from_real_population_never_typed(edition: Edition, population: int, code: str) -> None:
    enrolment = begun(edition, body(population))
    assert enrolment.category is not None
    assert enrolment.category.code == code


def test_a_village_under_the_limit_is_not_eligible(edition: Edition) -> None:
    with refused("not_eligible"):
        begun(edition, body(1999))
    assert not Enrolment.objects.exists()


def test_the_category_is_shown_before_anyone_enrols(edition: Edition) -> None:
    shown = category_of_territory(edition, TerritoryFactory(population=12_000))
    assert shown is not None
    assert shown.code == "communes-10-20"
    assert category_of_territory(edition, TerritoryFactory(population=800)) is None


def test_unknown_population_falls_under_no_band() -> None:
    assert not fits({"kinds": ["commune"], "population_min": 2000}, kind="commune", population=None)
    assert fits({"kinds": ["other"], "sectors": ["health"]}, kind="other", population=None, sector="health")


def test_categories_of_many_take_as_few_queries_as_of_one(
    edition: Edition, django_assert_max_num_queries: object
) -> None:
    bodies = [body() for _ in range(4)]
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert len(categories_of(edition, bodies)) == 4


def test_nobody_enrols_out_of_the_step_or_after_the_last_day(edition: Edition) -> None:
    with refused("enrolment_late"):
        actions.begin_enrolment(edition, organisation=body(), by=PersonFactory(), at=LATE)
    with refused("enrolment_closed"):
        begun(EditionFactory(state=Edition.State.FIELDWORK))


def test_the_last_day_counts_in_the_country_s_own_time(edition: Edition) -> None:
    almost_midnight = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)  # 23:59 in Paris
    actions.begin_enrolment(edition, organisation=body(), by=PersonFactory(), at=almost_midnight)
    with refused("enrolment_late"):
        actions.begin_enrolment(
            edition, organisation=body(), by=PersonFactory(), at=almost_midnight.replace(hour=22, minute=1)
        )


def test_an_extended_enrolment_takes_the_new_last_day(edition: Edition) -> None:
    actions.change_date(
        edition, kind=CalendarDate.Kind.ENROLMENT, starts_on=date(2026, 1, 5), ends_on=date(2026, 4, 30),
        reason="Prolongation", by=edition.created_by, at=MOMENT,
    )  # fmt: skip
    assert actions.begin_enrolment(edition, organisation=body(), by=PersonFactory(), at=LATE).pk


def test_an_organisation_enrols_once(edition: Edition) -> None:
    organisation = body()
    begun(edition, organisation)
    with refused("already_enrolled"):
        begun(edition, organisation)


def test_who_enrols_a_body_leads_it_unless_another_does(edition: Edition) -> None:
    organisation, person = body(), PersonFactory()
    actions.enrol_as_lead(edition, organisation=organisation, by=person, at=MOMENT)
    assert Membership.objects.get(organisation=organisation).person == person
    led = body()
    MembershipFactory(organisation=led, role=Membership.Role.LEAD)
    with refused("led_by_another"):
        actions.enrol_as_lead(edition, organisation=led, by=person, at=MOMENT)
    assert not Enrolment.objects.filter(organisation=led).exists()


def test_all_that_is_missing_is_told_at_once(edition: Edition) -> None:
    enrolment = begun(edition)
    enrolment.absent_channels = list(edition.channels)
    with refused("no_place", "no_channel", "no_consent"):
        actions.submit_enrolment(enrolment, by=enrolment.created_by, at=MOMENT)
    with refused("enrolment_late", "no_place", "no_channel", "no_consent"):
        actions.submit_enrolment(enrolment, by=enrolment.created_by, at=LATE)
    enrolment.refresh_from_db()
    assert enrolment.state == State.DRAFT


def test_a_complete_file_is_sent_decided_and_told_by_mail(edition: Edition) -> None:
    enrolment = complete(edition)
    assert missing_before_submission(enrolment, on=date(2026, 3, 31)) == []
    actions.submit_enrolment(enrolment, by=enrolment.created_by, at=MOMENT)
    with refused("enrolment_sent"):
        actions.write_wishes(enrolment, level="raw", consent_named=False, by=enrolment.created_by, at=MOMENT)
    with refused("reason_needed"):
        actions.decide_enrolment(enrolment, accept=False, by=edition.created_by, at=MOMENT)
    actions.decide_enrolment(enrolment, accept=True, by=edition.created_by, at=MOMENT)
    with refused("not_submitted"):
        actions.decide_enrolment(enrolment, accept=True, by=edition.created_by, at=MOMENT)
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.decided_by) == (State.ACCEPTED, edition.created_by)
    assert enrolment.channels == ["phone", "email", "letter", "visit", "website"]
    confirmation, decision = Mail.objects.order_by("pk")
    assert confirmation.to == decision.to == enrolment.created_by.email
    assert "bien arrivée" in confirmation.body
    (piece,) = confirmation.attachments
    assert (piece["name"], piece["mime"]) == ("parvis.ics", "text/calendar")
    assert b"DTSTART;VALUE=DATE:20260105" in base64.b64decode(piece["base64"])


def test_places_of_another_body_cannot_be_measured(edition: Edition) -> None:
    enrolment = begun(edition)
    with refused("other_place"):
        actions.write_perimeter(
            enrolment, places=[PlaceFactory()], absent_channels=[], by=enrolment.created_by, at=MOMENT
        )
    assert not enrolment.places.exists()


def test_the_date_on_which_staff_were_informed_is_past_and_settles_with_fieldwork(edition: Edition) -> None:
    enrolment = begun(edition)
    by, proof = enrolment.created_by, ContentFile(b"note", name="note.txt")
    with refused("staff_date_in_future"):
        actions.record_staff_information(enrolment, informed_on=date(2026, 3, 3), proof=proof, by=by, at=MOMENT)
    enrolment.refresh_from_db()
    assert not enrolment.staff_proof
    actions.record_staff_information(enrolment, informed_on=date(2026, 3, 2), proof=proof, by=by, at=MOMENT)
    enrolment.refresh_from_db()
    assert enrolment.staff_proof.read() == b"note"
    enrolment.staff_proof.delete(save=False)
    opened = EnrolmentFactory(edition__state=Edition.State.FIELDWORK, accepted=True)
    with refused("staff_date_settled"):
        actions.record_staff_information(opened, informed_on=date(2026, 2, 2), by=opened.created_by, at=MOMENT)


def story(edition: Edition, bodies: list[Organisation], by: Person, *, together: bool) -> tuple[object, object]:
    """Enrol three bodies, together or one by one, and give back the rows and the journal that it left."""
    places = {each.pk: PlaceFactory(organisation=each, name="Mairie") for each in bodies}
    informed = date(2026, 2, 2)
    if together:
        many = actions.begin_enrolments(edition, organisations=bodies, by=by, at=MOMENT)
        actions.write_perimeters(
            [actions.Perimeter(each, [places[each.organisation_id]], ["visit"]) for each in many], by=by, at=MOMENT
        )
        actions.write_many_wishes([actions.Wishes(each, "raw", True) for each in many], by=by, at=MOMENT)
        actions.record_staff_informations(many, informed_on=informed, by=by, at=MOMENT)
        actions.submit_enrolments(many, by=by, at=MOMENT)
        actions.decide_enrolments(many, accept=True, by=by, at=MOMENT)
    else:
        for each in bodies:
            one = actions.begin_enrolment(edition, organisation=each, by=by, at=MOMENT)
            actions.write_perimeter(one, places=[places[each.pk]], absent_channels=["visit"], by=by, at=MOMENT)
            actions.write_wishes(one, level="raw", consent_named=True, by=by, at=MOMENT)
            actions.record_staff_information(one, informed_on=informed, by=by, at=MOMENT)
            actions.submit_enrolment(one, by=by, at=MOMENT)
            actions.decide_enrolment(one, accept=True, by=by, at=MOMENT)
    hidden = {"id", "edition_id", "organisation_id", "category_id"}
    rows = [{k: v for k, v in row.items() if k not in hidden} for row in edition.enrolments.values()]
    verbs = JournalEntry.objects.filter(edition=edition.slug, verb__startswith="enrolment")
    return rows, sorted(verbs.values_list("verb", "by", "at"))


def test_many_at_once_leave_the_same_rows_journal_and_letters_as_one_by_one(edition: Edition) -> None:
    by = PersonFactory()
    together = story(edition, [body() for _ in range(3)], by, together=True)
    letters = Mail.objects.count()
    other = EditionFactory(state=Edition.State.ENROLMENT)
    other.categories.set([])
    for category in edition.categories.all():
        category.pk, category.edition = None, other
        category.save()
    assert story(other, [body() for _ in range(3)], by, together=False) == together
    assert Mail.objects.count() == 2 * letters == 12


def test_many_at_once_are_refused_whole(edition: Edition) -> None:
    with pytest.raises(ParvisError):
        actions.begin_enrolments(edition, organisations=[body(), body(300)], by=PersonFactory(), at=MOMENT)
    assert not Enrolment.objects.exists()
    assert not JournalEntry.objects.filter(verb="enrolment.begun").exists()


def test_the_queue_shows_first_what_waits_for_a_decision(edition: Edition) -> None:
    accepted = EnrolmentFactory(edition=edition, accepted=True)
    draft = EnrolmentFactory(edition=edition)
    waiting = EnrolmentFactory(
        edition=edition, state=State.SUBMITTED, submitted_at=MOMENT, submitted_by=accepted.created_by
    )
    assert list(enrolment_queue(edition)) == [waiting, draft, accepted]
