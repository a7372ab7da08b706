"""The mailbox as the organiser sees it: is it read, and which messages found no case."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.fieldwork import mailbox
from parvis.web.fieldwork.models import MailboxCursor, Mission, MissionMail
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of
from parvis.web.pages.telling import attempt

MOST_SHOWN = 200


class AttachForm(forms.Form):
    mail = forms.IntegerField(widget=forms.HiddenInput)
    mission = forms.IntegerField(label=gettext_lazy("Numéro de la mission"), min_value=1)


@page(of=edition_of, may=is_organiser, writes=True)
def lost(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Messages without a mission, and those of this edition that could not enter their case."""
    form = AttachForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        mail = get_object_or_404(MissionMail, pk=form.cleaned_data["mail"])
        mission = Mission.objects.filter(edition=edition, channel="email", pk=form.cleaned_data["mission"]).first()
        if mission is None:
            form.add_error("mission", _("Aucune mission par courriel de cette édition n’a ce numéro."))
        elif attempt(
            request, lambda: mailbox.attach(mail, mission=mission, by=request.user, at=timezone.now()),
            _("Le message est dans le dossier de la mission."), form,
        ):  # fmt: skip
            return redirect("mailbox:lost", edition.slug)
    outside = MissionMail.objects.filter(mission__edition=edition).exclude(note="").order_by("-moment")
    return render(request, "mailbox/lost.html", {
        "edition": edition, "form": form, "is_on": mailbox.is_on(), "cursors": MailboxCursor.objects.all(),
        "homeless": MissionMail.objects.filter(mission=None).order_by("-moment")[:MOST_SHOWN],
        "outside": outside[:MOST_SHOWN],
    })  # fmt: skip
