"""Level 2 or 3 is quoted, accepted, confirmed, in this order; the delivery follows the highest confirmed level."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from parvis.web.editions.models import Enrolment
from parvis.web.results.actions import accept_order, cancel_order, confirm_order, quote_order
from parvis.web.results.actions.orders import levels_due
from parvis.web.results.models import Order
from parvis.web.results.queries import prices_left
from tests.factories import (
    MOMENT,
    DeliveryFactory,
    EnrolmentFactory,
    MembershipFactory,
    PersonFactory,
    PriceFactory,
    ScorecardFactory,
)
from tests.refused import refused

pytestmark = pytest.mark.django_db
DAY = MOMENT.date()


@pytest.fixture
def enrolment() -> Enrolment:
    accepted: Enrolment = EnrolmentFactory(accepted=True)
    PriceFactory(edition=accepted.edition, level="analysed", amount=1200)
    PriceFactory(edition=accepted.edition, level="audit", amount=4800)
    return accepted


def quoted(enrolment: Enrolment, level: str = "analysed") -> Order:
    return quote_order(enrolment, level=level, by=PersonFactory(), at=MOMENT)


def confirmed(enrolment: Enrolment, level: str = "analysed") -> Order:
    order = accept_order(quoted(enrolment, level), name="A. Ortega, directrice", on=DAY, by=PersonFactory(), at=MOMENT)
    return confirm_order(order, by=PersonFactory(), at=MOMENT)


def test_a_quote_takes_the_edition_s_price_and_numbers_follow(enrolment: Enrolment) -> None:
    first, second = quoted(enrolment), quoted(enrolment, "audit")
    slug = enrolment.edition.slug
    assert (first.amount, first.vat_percent, first.number) == (1200, 20, f"D-{slug}-0001")
    assert second.number == f"D-{slug}-0002"
    with refused("order_open"):
        quoted(enrolment)
    with refused("no_price"):
        quoted(EnrolmentFactory(accepted=True))
    with refused("not_accepted"):
        quoted(EnrolmentFactory())


def test_nothing_is_confirmed_before_it_is_accepted_nor_accepted_by_nobody(enrolment: Enrolment) -> None:
    order, by = quoted(enrolment), PersonFactory()
    with refused("order_state"):
        confirm_order(order, by=by, at=MOMENT)
    with refused("name_needed"):
        accept_order(order, name="  ", on=DAY, by=by, at=MOMENT)
    accept_order(order, name="A. Ortega", on=DAY, by=by, at=MOMENT)
    with refused("order_state"):
        accept_order(order, name="A. Ortega", on=DAY, by=by, at=MOMENT)
    confirm_order(order, by=by, at=MOMENT)
    for act in (confirm_order, cancel_order):
        with refused("order_state"):
            act(order, by=by, at=MOMENT)


def test_a_cancelled_quote_frees_its_level(enrolment: Enrolment) -> None:
    order = quoted(enrolment)
    assert [price.level for price in prices_left(enrolment)] == ["audit"]
    cancel_order(order, by=PersonFactory(), at=MOMENT)
    assert {price.level for price in prices_left(enrolment)} == {"analysed", "audit"}
    assert quoted(enrolment).pk != order.pk


def test_the_highest_confirmed_level_is_due_also_for_what_was_handed_over(enrolment: Enrolment) -> None:
    card = ScorecardFactory(organisation=enrolment.organisation, publication__edition=enrolment.edition)
    delivery = DeliveryFactory(scorecard=card)
    assert levels_due(enrolment.edition) == {}
    confirmed(enrolment, "audit")
    confirmed(enrolment, "analysed")
    delivery.refresh_from_db()
    enrolment.refresh_from_db()
    assert (delivery.level, enrolment.level) == ("audit", "audit")


def test_a_lead_orders_reads_the_quote_and_accepts_it_on_the_site(enrolment: Enrolment, client: Client) -> None:
    lead: Any = MembershipFactory(organisation=enrolment.organisation, role="lead").person
    client.force_login(lead)
    home = f"/structure/inscription/{enrolment.pk}/"
    assert client.post(f"{home}commander/", {"level": "analysed"})["Location"] == home
    order = enrolment.orders.get()
    answer = client.get(f"/structure/commande/{order.pk}/devis.pdf")
    pdf = PdfReader(io.BytesIO(answer.content))
    text = " ".join(pdf.pages[0].extract_text().split())
    assert enrolment.organisation.name in text
    assert "1 440,00" in text.replace("\u202f", " ").replace("\xa0", " ")  # 1200 and 20 % of it
    client.post(f"/structure/commande/{order.pk}/accepter/", {"name": "A. Ortega, directrice"})
    order.refresh_from_db()
    assert (order.state, order.accepted_name) == ("accepted", "A. Ortega, directrice")
    client.post(f"/structure/commande/{order.pk}/annuler/")
    order.refresh_from_db()
    assert order.state == "cancelled"
