"""The comment library: what reviewers can say in one click, added and retired by the organiser."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.comments import library
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt


class CommentForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("La remarque"),
        help_text=gettext_lazy("Une phrase qui dit ce qui ne va pas et quoi faire. Le citoyen-mystère la lit."),
        max_length=300,
    )


@page(of=edition_of, may=is_organiser, writes=True)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    asked = {"by": request.user, "at": timezone.now()}
    key = request.POST.get("retire") or request.POST.get("back")
    form = CommentForm(request.POST if request.method == "POST" and not key else None)
    done = False
    if key and "retire" in request.POST:
        act = lambda: actions.retire_comment(edition, key=key, **asked)  # noqa: E731
        done = attempt(request, act, _("Cette remarque n’est plus proposée."))
    elif key:
        texts = {comment.key: comment.text for comment in library(edition)}
        act = lambda: actions.add_comment(edition, text=texts.get(key, ""), **asked)  # noqa: E731
        done = attempt(request, act, _("Cette remarque est de nouveau proposée."))
    elif form.is_bound and form.is_valid():
        text = form.cleaned_data["text"]
        done = attempt(request, lambda: actions.add_comment(edition, text=text, **asked),
                       _("La remarque est proposée à chaque relecture."), form)  # fmt: skip
    if done or key:
        return redirect("organiser:fieldwork:comments", edition.slug)
    return render(request, "organiser/fieldwork/comments.html", {
        "edition": edition, "form": form, "comments": library(edition),
    })  # fmt: skip
