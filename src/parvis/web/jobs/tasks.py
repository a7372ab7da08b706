"""Running a job in the background: progress kept, failure told, a lost worker noticed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks import task

from parvis.core.vocabulary import ParvisError
from parvis.web.jobs.actions import Cancelled
from parvis.web.jobs.models import Job
from parvis.web.jobs.pulse import beating

MOST_ATTEMPTS = 3
SILENCE = timedelta(minutes=5)  # a running job that gives no sign for so long has lost its worker


@task()
def run_job(job_id: int) -> None:
    """Do the work that a job names: a function (job) -> dict, safe to run again."""
    job = Job.objects.get(pk=job_id)
    if job.state not in {Job.State.WAITING, Job.State.RUNNING}:
        return
    if job.cancelled_at is not None:
        _end(job, Job.State.CANCELLED, "")
        return
    Job.objects.filter(pk=job_id).update(state=Job.State.RUNNING, attempts=F("attempts") + 1, heartbeat=timezone.now())
    try:
        with beating(job_id):
            result = import_string(job.task)(job)
    except Cancelled:
        _end(job, Job.State.CANCELLED, "")
    except ParvisError as error:
        _end(job, Job.State.FAILED, "\n".join(error.messages(_language_of(job))))
    except Exception as error:
        with translation.override(_language_of(job)):
            told = _("Le travail s’est interrompu sur une erreur imprévue ; rien n’est écrit à moitié. Détail :")
        _end(job, Job.State.FAILED, f"{told} {type(error).__name__}: {error}")
        raise
    else:
        Job.objects.filter(pk=job_id).update(state=Job.State.DONE, result=result or {}, heartbeat=timezone.now())


def take_up_lost_jobs(*, at: datetime) -> int:
    """Ask again for jobs whose worker died; give up after three tries. Returns how many were asked again."""
    lost = Job.objects.filter(Q(state=Job.State.RUNNING, heartbeat__lt=at - SILENCE))
    lost.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=Job.State.FAILED, message="Le travail s’est interrompu trois fois."
    )
    again = list(lost.filter(attempts__lt=MOST_ATTEMPTS))
    for job in again:
        Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING)
        run_job.enqueue(job.pk)
    return len(again)


def _language_of(job: Job) -> str:
    return job.asked_by.language if job.asked_by else "fr"


def _end(job: Job, state: str, message: str) -> None:
    Job.objects.filter(pk=job.pk).update(state=state, message=message, heartbeat=timezone.now())
