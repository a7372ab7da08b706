"""Ordering level 2 or 3: a quote from the edition's price list, accepted by the organisation, then confirmed."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from parvis.core.vocabulary import Level, ParvisError
from parvis.web.editions.models import Edition, Enrolment, Price
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.results import refusals
from parvis.web.results.models import Delivery, Order

State = Order.State


@transaction.atomic
def quote_order(enrolment: Enrolment, *, level: str, by: Person, at: datetime) -> Order:
    if enrolment.state != Enrolment.State.ACCEPTED:
        raise ParvisError(refusals.NOT_ACCEPTED)
    price = Price.objects.filter(edition=enrolment.edition, level=level).first()
    if price is None:
        raise ParvisError(refusals.NO_PRICE)
    if enrolment.orders.filter(level=level).exclude(state=State.CANCELLED).exists():
        raise ParvisError(refusals.ORDER_OPEN)
    rank = Order.objects.filter(enrolment__edition=enrolment.edition).count() + 1
    order = Order.objects.create(
        enrolment=enrolment, level=level, number=f"D-{enrolment.edition.slug}-{rank:04d}", amount=price.amount,
        vat_percent=price.vat_percent, content=price.content, quoted_at=at, quoted_by=by,
    )  # fmt: skip
    journal(verb="order.quoted", subject=order, by=by, at=at, edition=enrolment.edition.slug)
    return order


@transaction.atomic
def accept_order(order: Order, *, name: str, on: date, by: Person, at: datetime) -> Order:
    if order.state != State.QUOTED:
        raise ParvisError(refusals.ORDER_STATE)
    if not name.strip():
        raise ParvisError(refusals.NAME_NEEDED)
    order.state, order.accepted_on, order.accepted_name = State.ACCEPTED, on, name.strip()
    order.save(update_fields=["state", "accepted_on", "accepted_name"])
    journal(verb="order.accepted", subject=order, by=by, at=at, edition=order.enrolment.edition.slug)
    return order


@transaction.atomic
def confirm_order(order: Order, *, by: Person, at: datetime) -> Order:
    """The organiser confirms: the organisation is delivered at this level, in what was already handed over too."""
    if order.state != State.ACCEPTED:
        raise ParvisError(refusals.ORDER_STATE)
    order.state, order.confirmed_at, order.confirmed_by = State.CONFIRMED, at, by
    order.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    enrolment = order.enrolment
    level = levels_due(enrolment.edition)[enrolment.organisation_id]
    Enrolment.objects.filter(pk=enrolment.pk).update(level=level)
    Delivery.objects.filter(
        scorecard__organisation=enrolment.organisation_id, scorecard__publication__edition=enrolment.edition_id
    ).update(level=level)
    journal(verb="order.confirmed", subject=order, by=by, at=at, edition=order.enrolment.edition.slug)
    return order


def levels_due(edition: Edition) -> dict[int, str]:
    """The highest level that each organisation has a confirmed order for; the others are due level 1."""
    confirmed = Order.objects.filter(enrolment__edition=edition, state=State.CONFIRMED)
    due: dict[int, str] = {}
    for organisation, level in confirmed.values_list("enrolment__organisation", "level"):
        due[organisation] = max(due.get(organisation, level), level, key=list(Level).index)
    return due


@transaction.atomic
def cancel_order(order: Order, *, by: Person, at: datetime) -> Order:
    if not order.is_open:
        raise ParvisError(refusals.ORDER_STATE)
    order.state = State.CANCELLED
    order.save(update_fields=["state"])
    journal(verb="order.cancelled", subject=order, by=by, at=at, edition=order.enrolment.edition.slug)
    return order
