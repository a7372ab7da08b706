"""The review queue: two panes, the grid and its evidence; every decision has its reason."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.forms import rows, screens
from parvis.web.fieldwork.models import Evidence, Observation
from parvis.web.fieldwork.queries import next_to_review, reading_queue
from parvis.web.fieldwork.sampling import WORDS, not_to_read, reading_reasons
from parvis.web.pages.access import page
from parvis.web.pages.organiser.fieldwork.loaders import edition_of, may_see, observation_of, piece_of
from parvis.web.pages.telling import attempt

State = Observation.State
DECISIONS = [
    (State.APPROVED, gettext_lazy("Approuver")),
    (State.TO_REVISE, gettext_lazy("Rendre à revoir")),
    (State.EXCLUDED, gettext_lazy("Écarter")),
]
# The comment library: what reviewers say most, in words that an observer can act upon.
COMMENTS = [
    gettext_lazy("La photo ne va pas avec la réponse : vérifiez la réponse ou joignez une autre photo."),
    gettext_lazy("Un nom apparaît dans le texte ou sur la photo : retirez-le."),
    gettext_lazy("Le commentaire dit le contraire de la réponse : corrigez l’un ou l’autre."),
    gettext_lazy("Le scénario n’a pas été suivi."),
    gettext_lazy("Le contact a eu lieu hors des horaires d’ouverture."),
    gettext_lazy("Doublon d’une autre observation."),
]


class FilterForm(forms.Form):
    channel = forms.ChoiceField(
        label=gettext_lazy("Canal"), required=False, choices=[("", gettext_lazy("tous")), *CHANNELS]
    )
    state = forms.ChoiceField(
        label=gettext_lazy("État"), required=False, choices=[("", gettext_lazy("à relire")), *State.choices]
    )


class DecisionForm(forms.Form):
    to = forms.ChoiceField(label=gettext_lazy("Votre décision"), widget=forms.RadioSelect, choices=DECISIONS)
    comment = forms.ChoiceField(
        label=gettext_lazy("Remarque toute prête"),
        required=False,
        choices=[("", "—"), *((text, text) for text in COMMENTS)],
    )
    reason = forms.CharField(
        label=gettext_lazy("Raison"), widget=forms.Textarea(attrs={"rows": 3}), max_length=300, required=False,
        help_text=gettext_lazy("Demandée pour rendre ou écarter ; le citoyen-mystère la lit."),
    )  # fmt: skip
    grade = forms.TypedChoiceField(
        label=gettext_lazy("Qualité du rapport"), coerce=int, empty_value=None, required=False,
        choices=[("", "—"), (1, gettext_lazy("1 – à refaire")), (2, gettext_lazy("2 – des manques")),
                 (3, gettext_lazy("3 – bon")), (4, gettext_lazy("4 – exemplaire"))],
    )  # fmt: skip

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        data["reason"] = data.get("reason") or data.pop("comment", "") or ""
        data.pop("comment", None)
        return data


@page(of=edition_of, may=is_organiser)
def queue(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = FilterForm(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = Paginator(reading_queue(edition, **wanted), 50).get_page(request.GET.get("page"))
    reasons = reading_reasons(edition)
    for each in found:
        each.reasons = [WORDS[why] for why in reasons.get(each.pk, ())]
    received = edition.observations.filter(state=State.RECEIVED).values_list("pk", flat=True)
    shown = {"edition": edition, "form": form, "observations": found, "rest": len(set(received) - set(reasons))}
    return render(request, "organiser/fieldwork/queue.html", shown)


@page(of=edition_of, may=is_organiser, writes=True)
def approve_all(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Approve the reports that neither the sample, a flag nor a novice puts in the queue: an act, never a timer."""
    if request.method == "POST":
        rest = list(not_to_read(edition))
        attempt(
            request,
            lambda: actions.approve_many(rest, by=request.user, at=timezone.now()),
            _("%(n)d observations approuvées.") % {"n": len(rest)},
        )
    return redirect("organiser:fieldwork:queue", edition.slug)


@page(of=observation_of, may=may_see, writes=True, seen="observation.read")
def observation(request: HttpRequest, observation: Observation) -> HttpResponse:
    form = DecisionForm(request.POST if "to" in request.POST else None)
    if request.method == "POST" and _decide(request, observation, form):
        following = next_to_review(observation.edition)
        if following is None or "start" in request.POST:
            following = observation if "start" in request.POST else None
        if following is None:
            return redirect("organiser:fieldwork:queue", observation.edition.slug)
        return redirect("organiser:fieldwork:observation", observation.edition.slug, following.uuid)
    grid, today = grid_of(observation.instrument), timezone.localdate()
    return render(request, "organiser/fieldwork/observation.html", {
        "edition": observation.edition,
        "observation": observation,
        "stages": [(stage, rows(grid, stage, observation.answers, today=today)) for stage in screens(grid)],
        "evidence": observation.evidence.all(),
        "events": observation.events.all(),
        "steps": observation.steps.select_related("decided_by"),
        "form": form,
    })  # fmt: skip


def _decide(request: HttpRequest, observation: Observation, form: DecisionForm) -> bool:
    now = timezone.now()
    if "start" in request.POST:
        reason = request.POST.get("reason", "")
        return attempt(
            request,
            lambda: actions.review(observation, to=State.IN_REVIEW, by=request.user, at=now, reason=reason),
            _("La relecture est ouverte."),
        )
    if not form.is_valid():
        return False
    return attempt(
        request,
        lambda: actions.review(observation, **form.cleaned_data, by=request.user, at=now),
        _("La décision est enregistrée."), form,
    )  # fmt: skip


@page(of=piece_of, may=may_see, seen="evidence.seen")
def piece(request: HttpRequest, piece: Evidence) -> HttpResponse:
    return FileResponse(
        piece.file.open("rb"), headers={"Content-Security-Policy": "sandbox", "Cache-Control": "private"}
    )
