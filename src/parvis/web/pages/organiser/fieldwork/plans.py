"""The planning page: ask for a plan, look at what it is worth, adopt it or ask for another."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from datetime import date
from statistics import median
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.core.contacts.planning import DEFAULT_CONTACTS, Weights, channel_precision
from parvis.rendering.charts import Precision as Point
from parvis.rendering.charts import precision_curve
from parvis.web.editions.models import CHANNELS, CalendarDate, Edition
from parvis.web.editions.queries import period
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.actions.plans import ADOPT, COMPUTE, PLANNING
from parvis.web.fieldwork.models import ContactPlan, Mission, Observer
from parvis.web.fieldwork.planning import Asked
from parvis.web.jobs.models import Job
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.organiser.fieldwork.loaders import may_see
from parvis.web.pages.telling import attempt
from parvis.web.results.queries import current_publication, read_publication

MOVED_SHOWN = 50
IMPORTANCE = [("0", gettext_lazy("Sans importance")), ("1", gettext_lazy("Normal")), ("3", gettext_lazy("Fort"))]
GOALS = {
    "distance": gettext_lazy("Peu de kilomètres pour les visites"),
    "spread": gettext_lazy("Des contacts étalés sur les jours et les demi-journées"),
    "variety": gettext_lazy("Des demandes variées"),
    "workload": gettext_lazy("Une charge égale entre les personnes"),
    "connection": gettext_lazy("Des personnes qui se recoupent dans les structures"),
}
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})/(\d{1,2})/(\d{4})")


class PlanForm(forms.Form):
    """Contacts by channel, the period, the limits, and how much each goal counts."""

    starts_on = forms.DateField(label=gettext_lazy("Du"), widget=forms.DateInput)
    ends_on = forms.DateField(label=gettext_lazy("Au"), widget=forms.DateInput)
    window_days = forms.IntegerField(
        label=gettext_lazy("Jours ouvrés pour faire un contact"), min_value=1, max_value=30, initial=5
    )
    burden_per_week = forms.IntegerField(
        label=gettext_lazy("Contacts au plus par semaine"), min_value=1, max_value=50, initial=8,
        help_text=gettext_lazy("Dans un même service d’un site ; dans tout le site s’il n’a pas de service déclaré."),
    )  # fmt: skip
    rotation_days = forms.IntegerField(
        label=gettext_lazy("Jours avant qu’une même personne revienne dans un site"),
        min_value=0, max_value=400, initial=90,
    )  # fmt: skip
    closed = forms.CharField(
        label=gettext_lazy("Périodes sans contact"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Une par ligne, deux dates : 18/04/2026 – 03/05/2026. Par exemple des élections."),
    )  # fmt: skip
    forbidden_lines = forms.CharField(
        label=gettext_lazy("Lignes à ne jamais appeler"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Un numéro ou une adresse électronique par ligne. Les numéros d’urgence en sont toujours."
        ),
    )  # fmt: skip

    def __init__(self, *args: object, edition: Edition, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.channels = [choice for choice in CHANNELS if choice[0] in edition.channels]
        for channel, name in self.channels:
            self.fields[f"contacts_{channel}"] = forms.IntegerField(
                label=str(name).capitalize(), min_value=0, max_value=60
            )
        for goal, label in GOALS.items():
            self.fields[f"weight_{goal}"] = forms.TypedChoiceField(
                label=label, choices=IMPORTANCE, coerce=float, initial="1"
            )

    @property
    def contact_fields(self) -> list[forms.BoundField]:
        return [self[f"contacts_{channel}"] for channel, _name in self.channels]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith(("contacts_", "weight_"))]

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[f"weight_{goal}"] for goal in GOALS]

    def clean_closed(self) -> tuple[tuple[date, date], ...]:
        found = []
        for line in self.cleaned_data["closed"].splitlines():
            if not line.strip():
                continue
            days = [_day(match) for match in _DAY.finditer(line)]
            if len(days) not in (1, 2) or None in days or days[0] > days[-1]:
                raise forms.ValidationError(
                    _("La ligne « %(line)s » ne donne pas deux dates dans l’ordre.") % {"line": line}
                )
            found.append((days[0], days[-1]))
        return tuple(found)

    def clean_forbidden_lines(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.cleaned_data["forbidden_lines"].splitlines())
        return tuple(line[:100] for line in lines if line)

    def asked(self, deviations: dict[str, float] | None) -> Asked:
        given = dict(self.cleaned_data)
        contacts = {channel: given.pop(f"contacts_{channel}") for channel, _name in self.channels}
        weights = Weights(**{goal: given.pop(f"weight_{goal}") for goal in GOALS})
        return Asked(contacts=contacts, deviations=deviations, weights=weights, **given)


def _day(match: re.Match[str]) -> date | None:
    year, month, day, french_day, french_month, french_year = match.groups()
    try:
        return date(int(year or french_year), int(month or french_month), int(day or french_day))
    except ValueError:
        return None


def plan_of(edition: str, number: int) -> ContactPlan:
    found = ContactPlan.objects.select_related("edition", "asked_by", "adopted_by")
    return get_object_or_404(found, edition__slug=edition, number=number)


@page(of=edition_of, may=is_organiser, writes=True)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = PlanForm(request.POST or None, edition=edition, initial=_initial(edition))
    if request.method == "POST" and form.is_valid():
        asked = form.asked(deviations_before(edition))
        made: list[ContactPlan] = []
        act = lambda: made.append(actions.ask_plan(edition, asked=asked, by=request.user, at=timezone.now()))  # noqa: E731
        if attempt(request, act, _("Le plan se calcule ; cette page dit où il en est."), form):
            return redirect("organiser:fieldwork:plan", edition.slug, made[0].number)
    return render(request, "organiser/fieldwork/plans.html", {
        "edition": edition, "form": form, "can_plan": edition.state in PLANNING,
        "plans": edition.contact_plans.defer("contacts").select_related("asked_by", "adopted_by"),
    })  # fmt: skip


def _initial(edition: Edition) -> dict[str, Any]:
    """The last numbers of the edition, the usual ones, and what is left of the fieldwork's period."""
    numbers = {**DEFAULT_CONTACTS, **edition.contact_plan}
    fieldwork = period(edition, CalendarDate.Kind.FIELDWORK)
    today = timezone.localdate()
    dates = {"starts_on": max(today, fieldwork.starts_on), "ends_on": fieldwork.ends_on} if fieldwork else {}
    return dates | {f"contacts_{channel}": numbers.get(channel, 0) for channel in edition.channels}


def deviations_before(edition: Edition) -> dict[str, float] | None:
    """How far contacts of one organisation spread on each channel in the last edition; None when there was none.

    From its published intervals: deviation = standard error × √n, the median over organisations.
    """
    publication = current_publication(edition.previous) if edition.previous else None
    if publication is None:
        return None
    spreads: dict[str, list[float]] = defaultdict(list)
    for row in read_publication(publication).table("estimates").to_pylist():
        told = (row["subject_kind"], row["source"], row["measure_kind"]) == ("organisation", "observed", "channel")
        if told and row["standard_error"] and row["n"]:
            spreads[row["measure"]].append(row["standard_error"] * math.sqrt(row["n"]))
    return {channel: round(median(values), 2) for channel, values in spreads.items()} or None


@page(of=plan_of, may=may_see)
def plan(request: HttpRequest, plan: ContactPlan) -> HttpResponse:
    jobs = Job.objects.filter(task__in=[COMPUTE, ADOPT], arguments__plan=plan.pk).select_related("asked_by")
    last = plan.edition.contact_plans.defer("contacts", "report").first()
    return render(request, "organiser/fieldwork/plan.html", {
        "edition": plan.edition, "plan": plan, "job": jobs.first(), "report": plan.report,
        "asked": Asked.from_json(plan.asked), "is_last": last == plan, "moved": moved_lines(plan),
        "cancelled": cancelled_lines(plan), "chart": curve_of(plan) if plan.is_computed else None,
    })  # fmt: skip


def curve_of(plan: ContactPlan) -> Any:
    """How the precision of one channel would change with another number of contacts: the channel that costs most."""
    channels = [row for row in plan.report["channels"] if row["usual"]]
    if not channels:
        return None
    row = max(channels, key=lambda row: row["planned"] * plan.report["fees"][row["channel"]])
    name = dict(CHANNELS)[row["channel"]]
    confidence = plan.report["confidence"]
    sizes = sorted({*range(2, 2 * row["usual"] + 3), row["usual"]})
    points = [
        Point(n, channel_precision(n, confidence=confidence, deviation=row["deviation"]).half_width) for n in sizes
    ]
    title = _("Précision d’une structure selon le nombre de contacts : %(channel)s") % {"channel": name}
    return precision_curve(points, title, chosen=row["usual"], language=get_language() or "fr")


def moved_lines(plan: ContactPlan) -> list[dict[str, Any]]:
    """The first missions that change hands or dates, with what they were."""
    rows = [row for row in plan.contacts if row[7]][:MOVED_SHOWN]
    missions = Mission.objects.select_related("place__organisation", "observer").in_bulk([row[7] for row in rows])
    people = Observer.objects.in_bulk({row[2] for row in rows})
    return [
        {"mission": missions[row[7]], "to": people.get(row[2]), "starts_on": date.fromisoformat(row[4])}
        for row in rows
        if row[7] in missions
    ]


def cancelled_lines(plan: ContactPlan) -> list[Mission]:
    keys = plan.report.get("cancelled", [])[:MOVED_SHOWN]
    return list(Mission.objects.filter(pk__in=keys).select_related("place__organisation", "observer"))


@require_POST
@page(of=plan_of, may=may_see, writes=True)
def adopt(request: HttpRequest, plan: ContactPlan) -> HttpResponse:
    act = lambda: actions.ask_adoption(plan, by=request.user, at=timezone.now())  # noqa: E731
    attempt(request, act, _("Le plan est adopté ; ses missions s’écrivent."))
    return redirect("organiser:fieldwork:plan", plan.edition.slug, plan.number)
