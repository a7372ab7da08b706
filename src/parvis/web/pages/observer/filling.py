"""The grid on the site, one stage a screen; works without any script. Sent means a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from parvis.core.contacts.names import people_named
from parvis.core.instruments.answers import check_answers, live_answers
from parvis.core.instruments.form import Grid, Page, QuestionKind
from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.forms import is_shown_to_people, rows, screens, typed
from parvis.web.fieldwork.models import Draft, Mission, Observation
from parvis.web.fieldwork.queries import draft_of
from parvis.web.fieldwork.rules import is_mission_observer
from parvis.web.pages.access import page
from parvis.web.pages.observer.loaders import Screen, may_fill, mission_of, screen_of
from parvis.web.pages.observer.missions import observation_of
from parvis.web.pages.telling import attempt
from parvis.web.people.models import Person


class WhenForm(forms.Form):
    happened_on = forms.DateField(label=gettext_lazy("Quel jour ?"), widget=forms.DateInput)
    half_day = forms.ChoiceField(
        label=gettext_lazy("À quel moment ?"),
        widget=forms.RadioSelect,
        choices=[("am", gettext_lazy("Le matin")), ("pm", gettext_lazy("L’après-midi"))],
    )

    def clean_happened_on(self) -> date:
        day: date = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Cette date est dans l’avenir. Vérifiez-la."))
        return day


class PhotosForm(forms.Form):
    """Photos of the questions that ask for one, and one more that shows anything useful."""

    def __init__(self, *args: Any, grid: Grid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in grid.questions:
            if question.kind is QuestionKind.PHOTO:
                self.fields[question.name] = forms.FileField(label=question.label("fr"), required=False)
        self.fields["photo"] = forms.FileField(
            label=_("Joindre une photo"), required=False,
            help_text=_("Aucun visage, aucun nom : cachez-les avant d’envoyer."),
        )  # fmt: skip
        for field in self.fields.values():
            field.widget.attrs["accept"] = "image/*"


@page(of=screen_of, may=may_fill, writes=True)
def fill(request: HttpRequest, screen: Screen) -> HttpResponse:
    mission = screen.mission
    if not actions.is_fillable(mission):
        return redirect("observer:mission", mission.pk)
    draft = draft_of(mission, uuid=uuid4())
    if draft.instrument_id is None:
        return redirect("observer:mission", mission.pk)
    stages = screens(grid_of(draft.instrument))
    if screen.step == 0:
        return _when(request, mission, draft, len(stages))
    if screen.step <= len(stages):
        return _stage(request, mission, draft, stages, screen.step)
    return _send(request, mission, draft, stages)


def _when(request: HttpRequest, mission: Mission, draft: Draft, count: int) -> HttpResponse:
    if observation_of(mission) is not None:  # the day of a case is the day it left
        return redirect("observer:fill", mission.pk, 1)
    form = WhenForm(request.POST or None, initial={"happened_on": timezone.localdate(), **draft.contact})
    if request.method == "POST" and form.is_valid():
        draft.contact = {
            "happened_on": form.cleaned_data["happened_on"].isoformat(),
            "half_day": form.cleaned_data["half_day"],
        }
        if _keep(request, mission, draft):
            return redirect("observer:fill", mission.pk, 1)
    return render(request, "observer/when.html", {"mission": mission, "form": form, "count": count})


def _keep(request: HttpRequest, mission: Mission, draft: Draft) -> bool:
    try:
        actions.save_draft(
            mission, uuid=draft.uuid, instrument=draft.instrument, answers=draft.answers, contact=draft.contact,
            by=request.user, at=timezone.now(),
        )  # fmt: skip
    except ParvisError as error:
        for message in error.messages(get_language() or "fr"):
            messages.error(request, message)
        return False
    return True


def _stage(request: HttpRequest, mission: Mission, draft: Draft, stages: list[Page], step: int) -> HttpResponse:
    grid, stage, today = grid_of(draft.instrument), stages[step - 1], timezone.localdate()
    faults: tuple[Any, ...] = ()
    if request.method == "POST":
        draft.answers = typed(stage, request.POST, draft.answers)
        kept = _keep(request, mission, draft)
        photos = {question.name for question in stage.questions if question.kind is QuestionKind.PHOTO}
        checked = check_answers(grid, draft.answers, today=today, pages=[stage.name]).faults
        faults = tuple(fault for fault in checked if fault.where.get("question") not in photos)
        if kept and not faults:
            return redirect("observer:fill", mission.pk, _live_step(grid, stages, draft.answers, after=step))
    live = _live_steps(grid, stages, draft.answers)
    if step not in live:
        return redirect("observer:fill", mission.pk, _live_step(grid, stages, draft.answers, after=step))
    return render(request, "observer/stage.html", {
        "mission": mission,
        "stage": stage,
        "rows": rows(grid, stage, draft.answers, today=today, faults=faults),
        "step": live.index(step) + 1,
        "count": len(live),
        "back_step": max((each for each in live if each < step), default=0),
    })  # fmt: skip


def _live_steps(grid: Grid, stages: list[Page], answers: Mapping[str, Any]) -> list[int]:
    """The stages, from 1, where something is to be answered: the others are passed over."""
    visible = live_answers(grid, answers, today=timezone.localdate()).visible
    asked = [[each for each in stage.questions if is_shown_to_people(each)] for stage in stages]
    return [step for step, questions in enumerate(asked, 1) if any(each.name in visible for each in questions)]


def _live_step(grid: Grid, stages: list[Page], answers: Mapping[str, Any], *, after: int) -> int:
    """The next stage to fill; past the last one, the page where all is read again."""
    return min((step for step in _live_steps(grid, stages, answers) if step > after), default=len(stages) + 1)


def _send(request: HttpRequest, mission: Mission, draft: Draft, stages: list[Page]) -> HttpResponse:
    grid, today = grid_of(draft.instrument), timezone.localdate()
    if "happened_on" not in draft.contact:
        return redirect("observer:fill", mission.pk, 0)
    posted = request.method == "POST"
    form = PhotosForm(request.POST if posted else None, request.FILES if posted else None, grid=grid)
    if posted and form.is_valid():
        files = {name: file for name, file in form.cleaned_data.items() if file}
        draft.answers |= {name: file.name for name, file in files.items() if name != "photo"}
        sent = attempt(
            request, lambda: send(mission, draft, files, by=request.user), _("Votre rapport est arrivé. Merci !"), form
        )
        if sent:
            return redirect("observer:receipt", mission.pk)
    summary = [(step, stage, rows(grid, stage, draft.answers, today=today)) for step, stage in enumerate(stages, 1)]
    return render(request, "observer/send.html", {
        "mission": mission,
        "form": form,
        "contact": {**draft.contact, "happened_on": date.fromisoformat(draft.contact["happened_on"])},
        "summary": summary,
        "named": _people_named(grid, draft.answers),
        "case": observation_of(mission),
    })  # fmt: skip


def _people_named(grid: Grid, answers: Mapping[str, Any]) -> list[str]:
    """What the remarks seem to say of someone, to be read again before it leaves."""
    texts = [answers.get(question.name, "") for question in grid.questions if question.kind is QuestionKind.TEXT]
    return [name for text in texts for name in people_named(str(text))]


@transaction.atomic
def send(mission: Mission, draft: Draft, files: dict[str, Any], *, by: Person) -> Observation:
    """File the draft, or revise the report that was handed back, with its photos: all of it, or nothing."""
    now = timezone.now()
    observation = observation_of(mission)
    if observation is not None and observation.state == Observation.State.TO_REVISE:
        actions.revise(observation, answers=draft.answers, by=by, at=now)
        Draft.objects.filter(mission=mission).delete()
    else:
        filing = actions.Filing(
            mission, draft.uuid, draft.answers, instrument=draft.instrument,
            happened_on=date.fromisoformat(draft.contact["happened_on"]), half_day=draft.contact["half_day"],
        )  # fmt: skip
        observation = actions.record_observation(filing, by=by, at=now)
    for name, file in files.items():
        actions.add_photo(observation, file=file, question="" if name == "photo" else name, by=by, at=now)
    return observation


def receipt_of(observation: Observation) -> str:
    """What proves that the report arrived: signed by the site, the same every time."""
    facts = f"{observation.uuid}:{observation.received_at.isoformat()}"
    return signing.Signer(salt="parvis.receipt").signature(facts)[:16]


@page(of=mission_of, may=is_mission_observer)
def receipt(request: HttpRequest, mission: Mission) -> HttpResponse:
    observation = observation_of(mission)
    if observation is None or observation.state == Observation.State.OPEN:
        return redirect("observer:mission", mission.pk)
    hours = round(observation.timeline.get("clock_ahead_seconds", 0) / 3600)
    shown = {"mission": mission, "observation": observation, "receipt": receipt_of(observation)}
    shown |= {"hours_ahead": max(hours, 0), "hours_behind": max(-hours, 0)}
    return render(request, "observer/receipt.html", shown)
