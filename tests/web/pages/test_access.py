"""Every page says what it is about, who may see it and whether it writes; three rows cost what one does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from parvis.web.editions.models import Edition
from parvis.web.pages.access import WriteOnReadingPage, page
from parvis.web.people.models import JournalEntry, Person
from tests.factories import (
    MOMENT,
    ActionFactory,
    ActionPlanFactory,
    CalendarDateFactory,
    CategoryFactory,
    DeliveryFactory,
    EditionFactory,
    EnrolmentFactory,
    ExpertAssignmentFactory,
    InstrumentFactory,
    JournalEntryFactory,
    MembershipFactory,
    OrderFactory,
    OrganisationFactory,
    PersonFactory,
    PlaceFactory,
    PublicationFactory,
    ScorecardFactory,
    SeatFactory,
)

pytestmark = pytest.mark.django_db


def asked(view: Callable[..., HttpResponse], person: Person, method: str = "GET") -> HttpResponse:
    request: HttpRequest = RequestFactory().generic(method, "/")
    request.user = person
    return view(request)


def test_a_page_that_only_reads_cannot_write() -> None:
    @page()
    def careless(request: HttpRequest) -> HttpResponse:
        JournalEntry.objects.create(at=MOMENT, verb="oops", subject="x")
        return HttpResponse()

    with pytest.raises(WriteOnReadingPage, match="INSERT"), transaction.atomic():
        asked(careless, PersonFactory())
    assert not JournalEntry.objects.filter(verb="oops").exists()


def test_a_page_that_only_reads_takes_no_form() -> None:
    @page()
    def reading(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    codes = {method: asked(reading, PersonFactory(), method).status_code for method in ("GET", "HEAD", "POST", "PUT")}
    assert codes == {"GET": 200, "HEAD": 200, "POST": 405, "PUT": 405}


EDITIONS = {
    "": lambda edition: CalendarDateFactory(edition=edition, kind=f"k{edition.dates.count()}"),
    "journal/": lambda edition: JournalEntryFactory(edition=edition.slug),
    "calendrier/": lambda edition: CalendarDateFactory(edition=edition, kind=f"k{edition.dates.count()}"),
    "grilles/": lambda edition: InstrumentFactory(edition=edition, version=edition.instruments.count() + 1),
    "inscriptions/": lambda edition: EnrolmentFactory(edition=edition),
    "personnes/": lambda edition: [
        SeatFactory(edition=edition, role="expert"),
        ExpertAssignmentFactory(enrolment=EnrolmentFactory(edition=edition, accepted=True)),
    ],
    "resultats/": lambda edition: PublicationFactory(
        edition=edition, number=edition.publications.count() + 1, dataset__rows={"observations": 9, "responses": 9}
    ),
    "commandes/": lambda edition: OrderFactory(enrolment=EnrolmentFactory(edition=edition)),
}
BODIES = {
    "": lambda body: EnrolmentFactory(organisation=body, edition=EditionFactory(state=Edition.State.ENROLMENT)),
    "equipe/": lambda body: MembershipFactory(organisation=body),
    "sites/": lambda body: PlaceFactory(organisation=body),
    "progres/": lambda body: ActionFactory(plan=ActionPlanFactory(organisation=body)),
}


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return len(captured)


def one_and_three(client: Client, address: str, add: Callable[[], Any]) -> tuple[int, int]:
    add()
    client.get(address)  # what is read once for all the pages
    first = queries(client, address)
    add()
    add()
    return first, queries(client, address)


@pytest.mark.parametrize("name", EDITIONS)
def test_an_organiser_s_lists_cost_the_same_for_three_rows_as_for_one(name: str, client: Client) -> None:
    seat = SeatFactory(person=PersonFactory(demonstration=True), edition=EditionFactory(slug="2026"))
    client.force_login(seat.person)
    first, third = one_and_three(client, f"/pilotage/2026/{name}", lambda: EDITIONS[name](seat.edition))
    assert first == third


@pytest.mark.parametrize("name", BODIES)
def test_an_organisation_s_lists_cost_the_same_for_three_rows_as_for_one(name: str, client: Client) -> None:
    body = OrganisationFactory()
    client.force_login(MembershipFactory(organisation=body, role="lead").person)
    first, third = one_and_three(client, f"/structure/{body.pk}/{name}", lambda: BODIES[name](body))
    assert first == third


def test_other_lists_cost_the_same_for_three_rows_as_for_one(client: Client) -> None:
    expert = PersonFactory(demonstration=True)
    client.force_login(expert)
    SeatFactory(person=expert, role="expert", edition=EditionFactory(state=Edition.State.PUBLISHED))

    def confide() -> None:
        enrolment = EnrolmentFactory(accepted=True)
        ExpertAssignmentFactory(enrolment=enrolment, expert=expert)
        ScorecardFactory(organisation=enrolment.organisation, publication__edition=enrolment.edition)

    for address, add in {
        "/expertise/": confide,
        "/": lambda: PublicationFactory(edition__state=Edition.State.PUBLISHED),
    }.items():
        first, third = one_and_three(client, address, add)
        assert first == third, address


def test_an_organisation_s_results_of_three_editions_cost_the_same_as_of_one(client: Client) -> None:
    body = OrganisationFactory()
    client.force_login(MembershipFactory(organisation=body).person)
    EnrolmentFactory(organisation=body, edition=EditionFactory(state=Edition.State.ENROLMENT))
    first, third = one_and_three(
        client, f"/structure/{body.pk}/", lambda: DeliveryFactory(scorecard=ScorecardFactory(organisation=body))
    )
    assert first == third


def test_the_categories_of_an_edition_cost_one_query(client: Client) -> None:
    edition = EditionFactory(slug="2026", state=Edition.State.ENROLMENT)
    first, third = one_and_three(client, "/editions/2026/", lambda: CategoryFactory(edition=edition))
    assert first == third
