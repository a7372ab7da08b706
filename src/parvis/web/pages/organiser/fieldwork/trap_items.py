"""Facts known beforehand: written, listed, dropped. Observers never see this page."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.actions.trap_items import trap_questions
from parvis.web.fieldwork.models import TrapItem
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt
from parvis.web.territory.models import Place


class TrapForm(forms.Form):
    """The question and its true answer are one choice: « question : réponse », by channel."""

    answer = forms.ChoiceField(label=gettext_lazy("La question et sa réponse vraie"))
    place = forms.ModelChoiceField(
        label=gettext_lazy("Où"), queryset=Place.objects.none(), required=False, empty_label=gettext_lazy("partout")
    )
    source = forms.CharField(label=gettext_lazy("Comment le savez-vous ?"), max_length=200)

    def __init__(self, *args: object, edition: Edition, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "fr"
        self.fields["answer"].choices = [("", "—"), *(
            (channel, [
                (f"{channel}|{question.name}|{choice.name}", f"{question.label(language)} {choice.label(language)}")
                for question in trap_questions(edition, channel)
                for choice in question.choices
            ])
            for channel in edition.channels
        )]  # fmt: skip
        enrolled = Place.objects.filter(enrolled__enrolment__edition=edition).select_related("organisation")
        self.fields["place"].queryset = enrolled.order_by("organisation__name", "name").distinct()
        self.fields["place"].label_from_instance = lambda place: f"{place.organisation.name} – {place.name}"


@page(of=edition_of, may=is_organiser, writes=True)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    if "drop" in request.POST and request.POST["drop"].isdecimal():
        item = get_object_or_404(TrapItem, edition=edition, pk=request.POST["drop"])
        act = lambda: actions.drop_trap_item(item, by=request.user, at=timezone.now())  # noqa: E731
        attempt(request, act, _("Ce fait n’est plus vérifié."))
        return redirect("organiser:fieldwork:trap-items", edition.slug)
    form = TrapForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid() and _write(request, edition, form):
        return redirect("organiser:fieldwork:trap-items", edition.slug)
    items = with_words(edition, list(edition.trap_items.select_related("place__organisation", "written_by")))
    return render(request, "organiser/fieldwork/trap_items.html", {"edition": edition, "items": items, "form": form})


def with_words(edition: Edition, items: list[TrapItem]) -> list[TrapItem]:
    """Each fact in the words of the grid in force; its code where the grid no longer has it."""
    language = get_language() or "fr"
    asked = {channel: {q.name: q for q in trap_questions(edition, channel)} for channel in {i.channel for i in items}}
    for item in items:
        question = asked[item.channel].get(item.question)
        said = {choice.name: choice.label(language) for choice in question.choices} if question else {}
        item.question_label = question.label(language) if question else item.question
        item.expected_label = said.get(item.expected, item.expected)
    return items


def _write(request: HttpRequest, edition: Edition, form: TrapForm) -> bool:
    channel, question, expected = form.cleaned_data["answer"].split("|")
    return attempt(
        request,
        lambda: actions.write_trap_item(
            edition, channel=channel, question=question, expected=expected, place=form.cleaned_data["place"],
            source=form.cleaned_data["source"], by=request.user, at=timezone.now(),
        ),
        _("Les réponses contraires à ce fait seront relues."), form,
    )  # fmt: skip
