"""Long work of an edition: what was asked, how far it is, why it failed, and how to stop it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.web.editions.models import Edition
from parvis.web.editions.rules import is_organiser
from parvis.web.jobs.actions import cancel_job
from parvis.web.jobs.models import Job
from parvis.web.jobs.queries import jobs_of
from parvis.web.pages.access import page
from parvis.web.pages.loaders import edition_of, job_of
from parvis.web.pages.telling import attempt

SHOWN = 50


def organises(person: object, job: Job) -> bool:
    return is_organiser(person, job.edition)


@page(of=edition_of, may=is_organiser)
def listing(request: HttpRequest, edition: Edition) -> HttpResponse:
    return render(request, "organiser/work.html", {"edition": edition, "jobs": jobs_of(edition.slug)[:SHOWN]})


@page(of=job_of, may=organises)
def progress(request: HttpRequest, job: Job) -> HttpResponse:
    """How far it is: the piece of page that the browser asks for again and again."""
    return render(request, "components/job.html", {"job": job})


@require_POST
@page(of=job_of, may=organises, writes=True)
def stop(request: HttpRequest, job: Job) -> HttpResponse:
    act = lambda: cancel_job(job, by=request.user, at=timezone.now())  # noqa: E731
    attempt(request, act, _("L’arrêt est demandé : rien ne sera écrit à moitié."))
    return redirect("organiser:work", job.edition.slug)
