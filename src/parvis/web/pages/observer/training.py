"""Learning a channel on the phone: short screens, then a quiz with its explanations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Observer, QuizAttempt
from parvis.web.fieldwork.observer_file import learned
from parvis.web.fieldwork.rules import is_observer
from parvis.web.fieldwork.training import Module, QuizQuestion, module, shuffled
from parvis.web.pages.access import page
from parvis.web.pages.telling import tell_faults
from parvis.web.people.models import Person


class QuizForm(forms.Form):
    """The questions of a module, choices in an order drawn for this try."""

    def __init__(self, *args: Any, taught: Module, seed: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "fr"
        for number, question in enumerate(taught.questions, 1):
            self.fields[str(number)] = forms.TypedChoiceField(
                label=f"{number}. {question.text.in_language(language)}",
                choices=[(rank, text.in_language(language)) for rank, text in shuffled(question, seed)],
                widget=forms.RadioSelect,
                coerce=int,
                error_messages={"required": gettext_lazy("Choisissez une réponse.")},
            )


def module_of(channel: str, step: int = 1) -> tuple[Module, int]:
    try:
        taught = module(channel)
    except KeyError as error:
        raise Http404 from error
    if not 1 <= step <= len(taught.slides):
        raise Http404
    return taught, step


def may_learn(person: Person, wanted: tuple[Module, int]) -> bool:
    return is_observer(person)


@page(may=is_observer)
def listing(request: HttpRequest) -> HttpResponse:
    observer = request.user.observer
    return render(request, "observer/training.html", {
        "rows": learned(observer), "observer": observer,
        "waits": observer.status in (Observer.Status.APPLIED, Observer.Status.REFUSED),
    })  # fmt: skip


@page(of=module_of, may=may_learn)
def slide(request: HttpRequest, wanted: tuple[Module, int]) -> HttpResponse:
    taught, step = wanted
    count = len(taught.slides)
    return render(request, "observer/slide.html", {
        "module": taught, "slide": taught.slides[step - 1], "step": step, "count": count,
        "next_step": step + 1 if step < count else None, "back_step": step - 1,
    })  # fmt: skip


@page(of=module_of, may=may_learn, writes=True)
def quiz(request: HttpRequest, wanted: tuple[Module, int]) -> HttpResponse:
    taught, _step = wanted
    observer = request.user.observer
    if request.method == "GET" and (number := request.GET.get("essai", "")).isdigit():
        return _result(request, taught, get_object_or_404(observer.attempts, pk=number, channel=taught.channel))
    seed = f"{observer.pk}:{observer.attempts.filter(channel=taught.channel).count()}"
    form = QuizForm(request.POST or None, taught=taught, seed=seed)
    if request.method == "POST" and form.is_valid():
        try:
            taken = actions.take_quiz(
                observer, channel=taught.channel, version=request.POST.get("version", ""),
                answers=form.cleaned_data, by=request.user, at=timezone.now(),
            )  # fmt: skip
        except ParvisError as error:
            tell_faults(request, error, form)
        else:
            return redirect(f"{reverse('observer:quiz', args=[taught.channel])}?essai={taken.pk}")
    return render(request, "observer/quiz.html", {"module": taught, "form": form})


def _result(request: HttpRequest, taught: Module, taken: QuizAttempt) -> HttpResponse:
    """Each question again, the answer given, the right one, and why."""
    same = taken.version == taught.version
    numbered = enumerate(taught.questions, 1) if same else []
    rows = [_corrected(question, taken.answers.get(str(number))) for number, question in numbered]
    return render(request, "observer/quiz_result.html", {"module": taught, "attempt": taken, "rows": rows})


def _corrected(question: QuizQuestion, given: int | None) -> dict[str, Any]:
    return {
        "question": question,
        "given": question.choices[given - 1] if given else None,
        "right": question.choices[question.right - 1],
        "is_right": given == question.right,
    }
