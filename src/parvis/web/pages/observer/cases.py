"""A letter or an e-mail stays open: note what left and what came back, whatever the day."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Event, Mission
from parvis.web.fieldwork.rules import is_mission_observer
from parvis.web.pages.access import page
from parvis.web.pages.observer.loaders import mission_of
from parvis.web.pages.observer.missions import observation_of
from parvis.web.pages.telling import attempt

NOTED = [
    (Event.Kind.AUTO_REPLY, gettext_lazy("Une réponse automatique")),
    (Event.Kind.ACKNOWLEDGED, gettext_lazy("Un accusé de réception")),
    (Event.Kind.TRANSFERRED, gettext_lazy("L’annonce d’un transfert à un autre service")),
    (Event.Kind.PARTIAL_ANSWER, gettext_lazy("Une réponse incomplète")),
    (Event.Kind.ANSWERED, gettext_lazy("La réponse")),
    (Event.Kind.BOUNCE, gettext_lazy("Le message m’est revenu non remis")),
    (Event.Kind.REMINDER, gettext_lazy("J’ai relancé")),
    (Event.Kind.SILENCE, gettext_lazy("Rien, et le délai est passé")),
]
OVER = {Event.Kind.ANSWERED, Event.Kind.BOUNCE, Event.Kind.SILENCE}  # nothing more is awaited


class SentForm(forms.Form):
    sent_on = forms.DateField(label=gettext_lazy("Quand votre demande est-elle partie ?"), widget=forms.DateInput)
    half_day = forms.ChoiceField(
        label=gettext_lazy("À quel moment ?"),
        widget=forms.RadioSelect,
        choices=[("am", gettext_lazy("Le matin")), ("pm", gettext_lazy("L’après-midi"))],
    )


class EventForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Qu’avez-vous reçu ?"), widget=forms.RadioSelect, choices=NOTED)
    on = forms.DateField(
        label=gettext_lazy("Quel jour ?"),
        help_text=gettext_lazy("Le jour où c’est arrivé dans votre boîte, pas celui où vous l’avez lu."),
        widget=forms.DateInput,
    )


@page(of=mission_of, may=is_mission_observer, writes=True)
def case(request: HttpRequest, mission: Mission) -> HttpResponse:
    """First the sending, then every event."""
    if mission.channel not in actions.CASES:
        raise Http404  # a visit or a call is over when it ends
    observation = observation_of(mission)
    kind = SentForm if observation is None else EventForm
    first_day = "sent_on" if observation is None else "on"
    form = kind(request.POST or None, initial={first_day: timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        asked = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
        if observation is None:
            done = attempt(request, lambda: actions.open_case(mission, uuid=uuid4(), **asked),
                           _("C’est noté. Revenez ici dès que vous recevez quelque chose."), form)  # fmt: skip
        else:
            done = attempt(request, lambda: actions.record_event(observation, **asked), _("C’est noté."), form)
        if done:
            return redirect("observer:case", mission.pk)
    events = observation.events.all() if observation else []
    over = not form.errors and any(event.kind in OVER for event in events)
    shown = {"mission": mission, "observation": observation, "form": form, "events": events, "is_over": over,
             "awaited_until": actions.awaited_until(observation) if observation else None}  # fmt: skip
    may = {"can_fill": actions.is_fillable(mission), "can_note": observation is None or actions.may_note(observation)}
    return render(request, "observer/case.html", {**shown, **may})
