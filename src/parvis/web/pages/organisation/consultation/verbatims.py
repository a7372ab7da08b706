"""What citizens wrote, names masked; each reading stays in the journal."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from parvis.web.consultation import actions
from parvis.web.consultation.queries import verbatims_of
from parvis.web.consultation.rules import may_follow
from parvis.web.consultation.themes import THEMES
from parvis.web.editions.models import Enrolment
from parvis.web.pages.access import page
from parvis.web.pages.organisation.consultation.loading import enrolment_of
from parvis.web.results.queries import delivered_scorecards

A_PAGE = 30


def delivered(organisation: int) -> Enrolment:
    """The newest enrolment whose results were delivered: nobody reads what citizens wrote before."""
    for card in delivered_scorecards(enrolment_of(organisation).organisation):
        found = card.publication.edition.enrolments.filter(organisation=organisation).first()
        if found is not None:
            return found
    raise Http404


@page(of=delivered, may=may_follow, seen="verbatims.read")
def read(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    found = verbatims_of(enrolment.edition, enrolment.organisation)
    chosen = request.GET.get("theme", "")
    rows = [each for each in found if chosen in each.themes] if chosen in THEMES else found
    shown = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "organisation/consultation/verbatims.html", {
        "organisation": enrolment.organisation, "edition": enrolment.edition, "page_obj": shown,
        "rows": [(each, [str(name) for code, name in THEMES.items() if code in each.themes]) for each in shown],
        "themes": THEMES.items(), "chosen": chosen if chosen in THEMES else "",
    })  # fmt: skip


@require_POST
@page(of=delivered, may=may_follow, writes=True)
def theme(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Correct the themes that were suggested for a text."""
    key = request.POST.get("verbatim", "")
    mine = verbatims_of(enrolment.edition, enrolment.organisation)
    verbatim = get_object_or_404(mine, pk=key if key.isdecimal() else 0)
    chosen = [each for each in THEMES if each in request.POST.getlist("themes")]
    actions.set_themes(verbatim, themes=chosen, by=request.user, at=timezone.now())
    return redirect("organisation:consultation:verbatims", enrolment.organisation_id)
