"""The review queue: two panes, the grid and its evidence; every decision has its reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from parvis.core.contacts.quality import FlagKind
from parvis.core.instruments.form import Grid, QuestionKind
from parvis.web.consultation.masking import mask
from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.actions.observations import grid_of
from parvis.web.fieldwork.comments import in_use
from parvis.web.fieldwork.forms import rows, screens
from parvis.web.fieldwork.lines import kinds_of_flags, report_lines
from parvis.web.fieldwork.models import DoubleCoding, Evidence, Flag, Observation
from parvis.web.fieldwork.queries import next_to_review, not_screened, not_to_read, reading_queue
from parvis.web.fieldwork.screening import AT_ONCE_UP_TO, WORDS, screen
from parvis.web.pages.access import page
from parvis.web.pages.organiser.fieldwork.loaders import (
    edition_of,
    in_words,
    lines_asked,
    may_see,
    observation_of,
    piece_of,
)
from parvis.web.pages.telling import attempt

State = Observation.State
MOST_REASON = 300
POINTING = (FlagKind.DUPLICATE_TEXT, FlagKind.DUPLICATE_IMAGE, FlagKind.OVERLAPPING)  # shown by another observation
DECISIONS = [
    (State.APPROVED, gettext_lazy("Approuver")),
    (State.TO_REVISE, gettext_lazy("Rendre à revoir")),
    (State.EXCLUDED, gettext_lazy("Écarter")),
]


class FilterForm(forms.Form):
    channel = forms.ChoiceField(
        label=gettext_lazy("Canal"), required=False, choices=[("", gettext_lazy("tous")), *CHANNELS]
    )
    state = forms.ChoiceField(
        label=gettext_lazy("État"), required=False, choices=[("", gettext_lazy("à relire")), *State.choices]
    )
    flagged = forms.BooleanField(
        label=gettext_lazy("Seulement celles que quelque chose demande de lire"), required=False
    )


class DecisionForm(forms.Form):
    to = forms.ChoiceField(label=gettext_lazy("Votre décision"), widget=forms.RadioSelect, choices=DECISIONS)
    comment = forms.ChoiceField(label=gettext_lazy("Remarque toute prête"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Raison"), widget=forms.Textarea(attrs={"rows": 3}), max_length=MOST_REASON, required=False,
        help_text=gettext_lazy("Demandée pour rendre ou écarter ; le citoyen-mystère la lit."),
    )  # fmt: skip
    grade = forms.TypedChoiceField(
        label=gettext_lazy("Qualité du rapport"), coerce=int, empty_value=None, required=False,
        choices=[("", "—"), (1, gettext_lazy("1 – à refaire")), (2, gettext_lazy("2 – des manques")),
                 (3, gettext_lazy("3 – bon")), (4, gettext_lazy("4 – exemplaire"))],
    )  # fmt: skip

    def __init__(self, *args: object, edition: Edition, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        texts = [comment.text for comment in in_use(edition)]
        self.fields["comment"].choices = [("", "—"), *((text, text) for text in texts)]

    def clean(self) -> dict[str, object]:
        """The ready-made sentence comes first, then what was written beside it."""
        data = super().clean() or {}
        said = [data.pop("comment", ""), data.get("reason", "")]
        data["reason"] = " ".join(part for part in said if part)
        if len(data["reason"]) > MOST_REASON:
            self.add_error("reason", _("La remarque et la raison font ensemble plus de 300 caractères."))
        return data


@page(of=edition_of, may=is_organiser)
def queue(request: HttpRequest, edition: Edition) -> HttpResponse:
    form = FilterForm(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = lines_asked(request, reading_queue(edition, **wanted), report_lines)
    in_words(found, State.choices)
    flags = kinds_of_flags(each["pk"] for each in found)
    for each in found:
        each["reasons"] = ", ".join(str(WORDS.get(kind, kind)) for kind in flags.get(each["pk"], ()))
    return render(request, "organiser/fieldwork/queue.html", {
        "edition": edition, "form": form, "observations": found, "rest": not_to_read(edition).count(),
        "unchecked": not_screened(edition),
    })  # fmt: skip


@page(of=edition_of, may=is_organiser, writes=True)
def approve_all(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Approve the reports that neither the sample, a flag nor a novice puts in the queue: an act, never a timer."""
    if request.method == "POST":
        if edition.observations.count() <= AT_ONCE_UP_TO:  # beyond, the worker does it
            screen(edition, at=timezone.now())
        rest = list(not_to_read(edition))
        attempt(
            request,
            lambda: actions.approve_many(rest, by=request.user, at=timezone.now()),
            _("%(n)d observations approuvées.") % {"n": len(rest)},
        )
    return redirect("organiser:fieldwork:queue", edition.slug)


@page(of=observation_of, may=may_see, writes=True, seen="observation.read")
def observation(request: HttpRequest, observation: Observation) -> HttpResponse:
    form = DecisionForm(request.POST if "to" in request.POST else None, edition=observation.edition)
    if request.method == "POST" and _decide(request, observation, form):
        following = next_to_review(observation.edition)
        if following is None or "start" in request.POST:
            following = observation if "start" in request.POST else None
        if following is None:
            return redirect("organiser:fieldwork:queue", observation.edition.slug)
        return redirect("organiser:fieldwork:observation", observation.edition.slug, following.uuid)
    grid, today = grid_of(observation.instrument), timezone.localdate()
    coding = DoubleCoding.objects.filter(observation=observation).select_related("double").first()
    return render(request, "organiser/fieldwork/observation.html", {
        "edition": observation.edition,
        "observation": observation,
        "stages": [(stage, rows(grid, stage, observation.answers, today=today)) for stage in screens(grid)],
        "evidence": observation.evidence.all(),
        "events": observation.events.all(),
        "steps": observation.steps.select_related("decided_by"),
        "form": form,
        "flags": signs_of(observation),
        "coding": coding,
        "agreed": agreed(grid, observation, coding),
        "is_written": observation.channel in actions.CASES and observation.double_of_id is None,
        "named": named_in(observation),
    })  # fmt: skip


def signs_of(observation: Observation) -> list[dict[str, Any]]:
    """Each flag in words, with the other observation that it points at."""
    flags = list(observation.flags.all())
    keys = [int(flag.shown_by) for flag in flags if flag.kind in POINTING and flag.shown_by.isdecimal()]
    others = Observation.objects.filter(pk__in=keys, edition=observation.edition_id).select_related("place")
    by_key = {str(each.pk): each for each in others}
    return [
        {"words": WORDS.get(flag.kind, flag.kind), "other": by_key.get(flag.shown_by), "detail": _detail(flag)}
        for flag in flags
    ]


def _detail(flag: Flag) -> str:
    return "" if flag.kind in (*POINTING, FlagKind.NAMES_SOMEONE) else flag.shown_by


def agreed(
    grid: Grid, observation: Observation, coding: DoubleCoding | None
) -> tuple[int, int, list[tuple[str, str, str]]]:
    """How many criteria both codings mark alike, of how many, and those where they differ: label, first, second."""
    again = coding.double.answers if coding is not None and coding.double is not None else {}
    language, differing, both = get_language() or "fr", [], 0
    for question in grid.questions:
        if question.name in again and question.name in observation.answers:
            both += 1
            first, second = observation.answers[question.name], again[question.name]
            if first != second:
                said = {choice.name: choice.label(language) for choice in question.choices}
                differing.append((question.label(language), said.get(first, str(first)), said.get(second, str(second))))
    return both - len(differing), both, differing


def named_in(observation: Observation) -> list[str]:
    """The texts of a report in which someone seems to be named, with what would be hidden from the organisation."""
    questions = [each for each in grid_of(observation.instrument).questions if each.kind is QuestionKind.TEXT]
    texts = [str(observation.answers.get(question.name, "")) for question in questions]
    return [masked.text for masked in map(mask, texts) if masked.hidden]


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
    try:
        content = piece.file.open("rb")
    except FileNotFoundError:
        shown = {"edition": piece.observation.edition, "piece": piece}
        return render(request, "organiser/fieldwork/missing_piece.html", shown, status=404)
    return FileResponse(content, headers={"Content-Security-Policy": "sandbox", "Cache-Control": "private"})
