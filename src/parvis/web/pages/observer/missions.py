"""My missions: what is offered, what is to be done, what was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import quote

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Mission, Observation, Report, ReviewStep
from parvis.web.fieldwork.rules import is_mission_observer
from parvis.web.pages.access import page
from parvis.web.pages.observer.loaders import mission_of
from parvis.web.pages.telling import attempt

State = Mission.State


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Pourquoi ?"), max_length=200)


class TroubleForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Que s’est-il passé ?"),
        widget=forms.RadioSelect,
        choices=[
            (Report.Kind.INCIDENT, gettext_lazy("Un incident, ou j’ai été reconnu")),
            (Report.Kind.CLEAN_UP, gettext_lazy("Un vrai rendez-vous a été pris : il faut l’annuler")),
        ],
    )
    text = forms.CharField(
        label=gettext_lazy("En quelques mots"),
        help_text=gettext_lazy("Ne nommez personne."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


def observation_of(mission: Mission) -> Observation | None:
    return getattr(mission, "observation", None)


def is_open_case(mission: Mission) -> bool:
    observation = observation_of(mission)
    return observation is not None and observation.state == Observation.State.OPEN


def is_to_revise(mission: Mission) -> bool:
    observation = observation_of(mission)
    return observation is not None and observation.state == Observation.State.TO_REVISE


@page(of=mission_of, may=is_mission_observer)
def briefing(request: HttpRequest, mission: Mission) -> HttpResponse:
    observation = observation_of(mission)
    back = observation.steps.filter(to_state="to_revise").last() if observation and is_to_revise(mission) else None
    return render(request, "observer/mission.html", {
        "mission": mission,
        "place": mission.place,
        "observation": observation,
        "back": back,
        "decision": _decision(observation),
        "is_case": mission.channel in actions.CASES,
        "can_fill": actions.is_fillable(mission),
        "can_open_case": mission.channel in actions.CASES and mission.state == State.ACCEPTED and observation is None,
        "can_note": actions.may_note(observation),
        "map_address": map_address(mission),
        "silence_after": mission.edition.silence_after.get(mission.channel),
    })  # fmt: skip


def _decision(observation: Observation | None) -> ReviewStep | None:
    """How the reading of a report ended: approved or excluded, why, and the appreciation given."""
    ended = (Observation.State.APPROVED, Observation.State.EXCLUDED)
    if observation is None or observation.state not in ended:
        return None
    return observation.steps.filter(to_state=observation.state).last()


def map_address(mission: Mission) -> str:
    """An address that the phone's own map application opens; no outside site is named."""
    place = mission.place
    words = " ".join(part for part in (place.address, place.postcode, place.city) if part)
    return f"geo:0,0?q={quote(words)}" if mission.channel == "visit" and words else ""


@page(of=mission_of, may=is_mission_observer, writes=True)
def accept(request: HttpRequest, mission: Mission) -> HttpResponse:
    if request.method == "POST":
        attempt(
            request,
            lambda: actions.accept(mission, by=request.user, at=timezone.now()),
            _("Mission acceptée. Elle vous attend dans la liste."),
        )
    return redirect("observer:mission", mission.pk)


@page(of=mission_of, may=is_mission_observer, writes=True)
def decline(request: HttpRequest, mission: Mission) -> HttpResponse:
    return _give_back(request, mission, actions.decline, _("Mission déclinée. Merci d’avoir répondu."))


@page(of=mission_of, may=is_mission_observer, writes=True)
def release(request: HttpRequest, mission: Mission) -> HttpResponse:
    return _give_back(request, mission, actions.release, _("Mission rendue. Elle ira à quelqu’un d’autre."))


def _give_back(request: HttpRequest, mission: Mission, act: Callable[..., Mission], success: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        done = attempt(request, lambda: act(mission, reason=reason, by=request.user, at=timezone.now()), success, form)
        if done:
            return redirect("observer:missions")
    return render(request, "observer/give_back.html", {"mission": mission, "form": form})


@page(of=mission_of, may=is_mission_observer, writes=True)
def trouble(request: HttpRequest, mission: Mission) -> HttpResponse:
    """Something went wrong on the ground: tell the organiser."""
    form = TroubleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = attempt(
            request,
            lambda: actions.report(
                mission.edition, **form.cleaned_data, mission=mission, by=request.user, at=timezone.now()
            ),
            _("C’est noté : l’organisateur s’en occupe."),
            form,
        )
        if told:
            return redirect("observer:mission", mission.pk)
    return render(request, "observer/trouble.html", {"mission": mission, "form": form})


@page(of=mission_of, may=is_mission_observer)
def calendar(request: HttpRequest, mission: Mission) -> HttpResponse:
    """The mission's window as a calendar file; it names the channel and the place, never the purpose."""
    response = HttpResponse(_calendar_text(mission), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="M{mission.pk}.ics"'
    return response


def _calendar_text(mission: Mission) -> str:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Parvis//FR", "BEGIN:VEVENT",
        f"UID:mission-{mission.pk}@parvis", f"DTSTAMP:{mission.planned_at:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{_compact(mission.window_starts_on)}",
        f"DTEND;VALUE=DATE:{_compact(mission.window_ends_on + timedelta(days=1))}",
        f"SUMMARY:M{mission.pk} · {mission.get_channel_display()} · {_escaped(mission.place.name)}",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "\r\n".join(lines) + "\r\n"


def _compact(day: date) -> str:
    return day.strftime("%Y%m%d")


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", " ")
