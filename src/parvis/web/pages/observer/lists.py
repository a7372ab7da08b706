"""My missions: what to do first, then today, this week, later; what was sent stays folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.web.editions.models import Edition
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Mission, Observation, Observer
from parvis.web.fieldwork.queries import code_to_sign, missions_of
from parvis.web.fieldwork.rules import is_observer
from parvis.web.pages.access import page
from parvis.web.pages.observer.missions import is_open_case, is_to_revise, observation_of

State = Mission.State
SHOWN = 4  # of each group; the others are one tap away
SENT_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Group:
    """Missions under one heading: the first ones in sight, the others folded."""

    title: str
    missions: Sequence[Mission]

    @property
    def first(self) -> Sequence[Mission]:
        return self.missions[:SHOWN]

    @property
    def others(self) -> Sequence[Mission]:
        return self.missions[SHOWN:]


def groups(missions: Iterable[Mission], *, today: date) -> list[Group]:
    """What is to be done, the most pressing first; empty groups are left out."""
    found: dict[str, list[Mission]] = {}
    for mission in missions:
        found.setdefault(_group_of(mission, today), []).append(mission)
    titles = {
        "to_revise": _("À revoir"),
        "late": _("En retard"),
        "today": _("Aujourd’hui"),
        "offered": _("Proposées"),
        "week": _("Cette semaine"),
        "later": _("Plus tard"),
        "waiting": _("En attente de réponse"),
    }
    return [Group(title, found[name]) for name, title in titles.items() if name in found]


def _group_of(mission: Mission, today: date) -> str:
    if is_to_revise(mission):
        return "to_revise"
    if mission.state == State.OFFERED:
        return "offered"
    if is_open_case(mission):
        return "waiting"
    if mission.window_ends_on < today:
        return "late"
    if mission.window_ends_on == today:
        return "today"
    return "week" if mission.window_ends_on <= today + timedelta(days=6 - today.weekday()) else "later"


@page(may=is_observer)
def listing(request: HttpRequest) -> HttpResponse:
    observer, today = request.user.observer, timezone.localdate()
    mine = missions_of(request.user)
    pending = list(mine.exclude(state=State.DONE, observation__state__in=_SENT))
    filed = _sent_of(request)
    codes = code_to_sign(observer, actions.CODE_VERSION)
    return render(request, "observer/missions.html", {
        "groups": groups(pending, today=today),
        "sent": filed[:SENT_SHOWN], "sent_count": filed.count(),
        "observer": observer, "codes": codes, "next_step": _next_step(observer, codes),
        "counts": _counts(pending), "today": today, "soon": today + timedelta(days=3),
    })  # fmt: skip


_SENT = [state for state in Observation.State if state not in (Observation.State.OPEN, Observation.State.TO_REVISE)]


def _sent_of(request: HttpRequest) -> QuerySet[Mission]:
    filed = missions_of(request.user).filter(state=State.DONE, observation__state__in=_SENT)
    return filed.order_by("-observation__received_at", "-pk")


def _counts(pending: Sequence[Mission]) -> dict[str, int]:
    return {
        "to_revise": sum(is_to_revise(each) for each in pending),
        "offered": sum(each.state == State.OFFERED for each in pending),
        "to_do": sum(each.state == State.ACCEPTED and observation_of(each) is None for each in pending),
    }


def _next_step(observer: Observer, codes: Sequence[Edition]) -> str:
    """What stands between an observer and the next mission; empty when nothing does."""
    if observer.status != Observer.Status.CERTIFIED:
        return str(observer.status)
    return "sign" if codes else ""


@page(may=is_observer)
def sent(request: HttpRequest) -> HttpResponse:
    """Every mission whose report has arrived, the latest first."""
    rows: Any = Paginator(_sent_of(request), 25).get_page(request.GET.get("page"))
    return render(request, "observer/sent.html", {"missions": rows, "today": timezone.localdate()})
