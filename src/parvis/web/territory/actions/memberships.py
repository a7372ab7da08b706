"""Who belongs to an organisation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from parvis.web.jobs.actions import write_mail
from parvis.web.people.actions import journal, journal_many
from parvis.web.people.models import Person
from parvis.web.territory.models import Membership, Organisation

GRANTED, WITHDRAWN = "membership.granted", "membership.withdrawn"


@transaction.atomic
def grant_membership(
    *, organisation: Organisation, person: Person, role: str, at: datetime, by: Person | None
) -> Membership:
    """Tie a person to an organisation, or change the role of the tie; the same role again does nothing."""
    membership, created = Membership.objects.select_for_update().get_or_create(
        organisation=organisation,
        person=person,
        defaults={"role": Membership.Role(role), "granted_at": at, "granted_by": by},
    )
    if not created and membership.role == role:
        return membership
    if not created:
        membership.role, membership.granted_at, membership.granted_by = Membership.Role(role), at, by
        membership.save()
    journal(verb=GRANTED, subject=membership, by=by, at=at)
    _invite([membership], by=by)
    return membership


@transaction.atomic
def grant_memberships(
    *, ties: Sequence[tuple[Organisation, Person, str]], at: datetime, by: Person | None
) -> list[Membership]:
    """Tie many people who have no tie yet, in bulk, with the journal of as many single ones."""
    memberships = [
        Membership(organisation=organisation, person=person, role=Membership.Role(role), granted_at=at, granted_by=by)
        for organisation, person, role in ties
    ]
    Membership.objects.bulk_create(memberships, batch_size=1000)
    journal_many(verb=GRANTED, subjects=memberships, by=by, at=at)
    _invite(memberships, by=by)
    return memberships


def _invite(memberships: Sequence[Membership], *, by: Person | None) -> None:
    """Tell people whom someone else has let in, and how to enter."""
    for each in memberships:
        if by is not None and by.pk != each.person_id:
            context = {"who": str(by), "where": each.organisation, "tie": each}
            write_mail(to=each.person, template="mail/invited", context=context)


@transaction.atomic
def withdraw_membership(*, membership: Membership, at: datetime, by: Person | None) -> None:
    """End a tie: it opens nothing any more; the journal keeps who, what and when."""
    detail = {
        "organisation": membership.organisation_id,
        "person": membership.person_id,
        "role": membership.role,
        "granted_at": membership.granted_at.isoformat(),
    }
    journal(verb=WITHDRAWN, subject=membership, by=by, at=at, detail=detail)
    membership.delete()
