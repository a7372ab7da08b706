"""The e-mail of a mission: write it here, read what came back, say what each message is."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.contacts.mail import header_text, own_words, proposal, read_message
from parvis.core.vocabulary import Channel
from parvis.web.fieldwork import actions, mailbox
from parvis.web.fieldwork.models import Event, Mission, MissionMail
from parvis.web.fieldwork.rules import is_mission_observer
from parvis.web.pages.access import page
from parvis.web.pages.observer.loaders import mission_of
from parvis.web.pages.observer.missions import observation_of
from parvis.web.pages.telling import attempt


class ComposeForm(forms.Form):
    to = forms.EmailField(label=gettext_lazy("À quelle adresse ?"))
    name = forms.CharField(
        label=gettext_lazy("De la part de"),
        help_text=gettext_lazy("Un prénom et un nom ordinaires : c’est ce que la structure lira."),
        max_length=60,
    )
    subject = forms.CharField(label=gettext_lazy("Objet"), max_length=150)
    text = forms.CharField(
        label=gettext_lazy("Votre message"), widget=forms.Textarea(attrs={"rows": 10}), max_length=10_000
    )


@page(of=mission_of, may=is_mission_observer, writes=True)
def thread(request: HttpRequest, mission: Mission) -> HttpResponse:
    """First the request; then what came, each message with the day that its headers prove."""
    case, known = observation_of(mission), list(mission.mails.select_related("event"))
    sent = [mail for mail in known if mail.kind == MissionMail.Kind.SENT and mail.sent_at is not None]
    form = ComposeForm(_composed(request), initial=_begun(mission, sent))
    if request.method == "POST" and "mail" in request.POST:
        _qualify(request, mission)
        return redirect("mailbox:thread", mission.pk)
    if request.method == "POST" and form.is_valid():
        asked = {**form.cleaned_data, "reminder": case is not None, "by": request.user, "at": timezone.now()}
        done = attempt(
            request, lambda: mailbox.send_mail(mission, **asked), _("C’est parti. La réponse viendra ici."), form
        )
        if done:
            return redirect("mailbox:thread", mission.pk)
    may_write = mission.channel == Channel.EMAIL and mission.state == Mission.State.ACCEPTED
    return render(request, "mailbox/thread.html", {
        "mission": mission, "case": case, "form": form, "is_on": mailbox.is_on(),
        "may_write": may_write and (case is None or bool(sent)), "can_fill": actions.is_fillable(mission),
        "mails": [(mail, own_words(mail.body), _choices(mail)) for mail in known],
    })  # fmt: skip


def _composed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" and "mail" not in request.POST else None


def _begun(mission: Mission, sent: list[MissionMail]) -> dict[str, str]:
    """The mission's own address first; then the same one, from the same name, under the same subject."""
    if not sent:
        return {"to": mission.place.email}
    with sent[0].raw.open("rb") as kept:
        message = read_message(kept.read())
    (_, to), (name, _) = (parseaddr(header_text(message, header)) for header in ("To", "From"))
    return {"to": to, "name": name, "subject": f"Re: {sent[0].subject}"}


def _choices(mail: MissionMail) -> list[tuple[str, str, bool]]:
    """What the message can be said to be, with the likeliest chosen beforehand for a person's."""
    allowed = mailbox.qualifications(mail)
    likely = str(proposal(mail.body)) if mail.kind == MissionMail.Kind.PERSON else ""
    return [(kind, str(Event.Kind(kind).label).capitalize(), kind == likely) for kind in allowed]


def _qualify(request: HttpRequest, mission: Mission) -> None:
    number = request.POST.get("mail", "")
    mail = get_object_or_404(MissionMail, mission=mission, pk=int(number) if number.isdecimal() else 0)
    attempt(
        request,
        lambda: mailbox.qualify(mail, kind=request.POST.get("kind", ""), by=request.user, at=timezone.now()),
        _("C’est noté dans le dossier, au jour que prouvent les en-têtes."),
    )
