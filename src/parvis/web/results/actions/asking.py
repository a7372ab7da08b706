"""Freezing and publishing take long: someone asks, is refused at once what cannot be, and follows the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.jobs.actions import ask_job
from parvis.web.jobs.models import Job
from parvis.web.jobs.queries import under_way
from parvis.web.people.models import Person
from parvis.web.results import refusals
from parvis.web.results.actions.freezing import refuse_to_freeze
from parvis.web.results.actions.publishing import to_publish
from parvis.web.results.bundles import settling

FREEZE, PUBLISH = "parvis.web.results.tasks.freeze_edition", "parvis.web.results.tasks.publish_edition"


def ask_freeze(edition: Edition, *, by: Person, at: datetime) -> Job:
    """Ask for the edition's data to be frozen, by a worker."""
    refuse_to_freeze(edition)
    wanted = {"dataset": edition.datasets.count() + 1}
    return _ask(FREEZE, _("Figer le jeu de données"), edition, wanted, by=by, at=at)


def ask_publication(edition: Edition, *, reason: str = "", by: Person, at: datetime) -> Job:
    """Ask for the frozen data to be scored, checked and published under one's signature, by a worker."""
    to_publish(edition, reason=reason)
    wanted = {"publication": edition.publications.count() + 1, "reason": reason}
    return _ask(PUBLISH, _("Calculer et publier"), edition, wanted, by=by, at=at)


def _ask(task: str, label: str, edition: Edition, wanted: Mapping[str, Any], *, by: Person, at: datetime) -> Job:
    """One piece of work on an edition's results at a time; `wanted` says which row it is to make, and makes once."""
    with settling(edition):
        if under_way(edition.slug, tasks=(FREEZE, PUBLISH)):
            raise ParvisError(refusals.WORK_UNDER_WAY)
        return ask_job(task=task, label=label, arguments={"edition": edition.slug, **wanted}, by=by, at=at)
