"""From a body's address to its place in the edition whose consultation it takes part in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from parvis.web.consultation.models import EntryPoint, PaperSheet
from parvis.web.consultation.rules import may_communicate, may_follow
from parvis.web.editions.models import Enrolment
from parvis.web.people.models import Person


def enrolment_of(organisation: int) -> Enrolment:
    """The newest accepted enrolment of the body."""
    found = Enrolment.objects.filter(organisation=organisation, state=Enrolment.State.ACCEPTED)
    newest = found.select_related("edition", "organisation").order_by("-edition__year", "-pk").first()
    if newest is None:
        raise Http404
    return newest


@dataclass(frozen=True, slots=True)
class Within:
    """Something of the consultation, within the body's enrolment."""

    enrolment: Enrolment
    point: EntryPoint | None = None
    sheet: PaperSheet | None = None


def point_of(organisation: int, point: int) -> Within:
    enrolment = enrolment_of(organisation)
    mine = EntryPoint.objects.filter(organisation=organisation, edition=enrolment.edition).select_related("edition")
    return Within(enrolment, point=get_object_or_404(mine, pk=point))


def sheet_of(organisation: int, sheet: int) -> Within:
    enrolment = enrolment_of(organisation)
    mine = PaperSheet.objects.filter(entry_point__organisation=organisation, entry_point__edition=enrolment.edition)
    return Within(enrolment, sheet=get_object_or_404(mine.select_related("entry_point__edition"), pk=sheet))


def within(may: Callable[[Person, Enrolment], bool]) -> Callable[[Person, Within], bool]:
    return lambda person, subject: may(person, subject.enrolment)


may_follow_within, may_communicate_within = within(may_follow), within(may_communicate)
