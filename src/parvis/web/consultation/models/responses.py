"""What citizens said. Nothing here leads back to anyone: no account, no address, no minute, no order of arrival."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.web.consultation.models.entry_points import EntryPoint
from parvis.web.editions.models import Edition, Instrument
from parvis.web.territory.models import Organisation, Place

PERSON = settings.AUTH_USER_MODEL
# Taken from the entry point and its edition when a response is made. The database checks the entry point alone: to
# check rows that everyone shares makes those who answer at once wait for one another; each index is a page to write.
COPIED = {"db_constraint": False, "db_index": False}


class Response(models.Model):
    """One citizen's answers, as given, kept page by page under a number that the form alone carries."""

    uuid = models.UUIDField(_("identifiant"), primary_key=True, default=uuid.uuid4)
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="responses", verbose_name=_("édition"), **COPIED
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="responses", verbose_name=_("structure"), **COPIED
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, related_name="responses", verbose_name=_("site"), **COPIED
    )
    entry_point = models.ForeignKey(
        EntryPoint, on_delete=models.PROTECT, related_name="responses", verbose_name=_("point d’entrée"), db_index=False
    )
    instrument = models.ForeignKey(
        Instrument, on_delete=models.PROTECT, related_name="responses", verbose_name=_("questionnaire"), **COPIED
    )
    language = models.CharField(_("langue"), max_length=12)
    answers = models.JSONField(_("réponses"), default=dict)  # codes as given; free text is a Verbatim
    day = models.DateField(_("jour"))
    hour = models.PositiveSmallIntegerField(_("heure"), null=True)  # emptied once the day is over
    pages_done = models.JSONField(_("pages remplies"), default=list)
    completed = models.BooleanField(_("terminée"), default=False)
    assisted = models.BooleanField(_("avec l’aide d’un agent"), default=False)
    flags = models.JSONField(_("signaux"), default=list)
    quarantined = models.BooleanField(_("en quarantaine"), default=False)
    decided_at = models.DateTimeField(_("quarantaine décidée"), null=True)
    decided_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("quarantaine décidée par"),
        db_index=False,
    )  # fmt: skip
    decision_reason = models.CharField(_("raison de la décision"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        ordering = ["edition", "uuid"]
        indexes = [
            models.Index(fields=["edition", "organisation", "day"]),
            models.Index(
                fields=["edition", "organisation", "-day", "uuid"],
                condition=Q(quarantined=True),
                name="response_quarantined",
            ),
            models.Index(fields=["day"], condition=Q(hour__isnull=False), name="response_hour_kept"),
            models.Index(fields=["decided_by"], condition=Q(decided_by__isnull=False), name="response_decided_by"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="response_decided_pair",
            ),
            models.CheckConstraint(
                condition=Q(hour__isnull=True) | Q(hour__lte=23),
                name="response_hour_of_a_day",
                violation_error_message=_("Une heure va de 0 à 23."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.day} {self.language}"


class Verbatim(models.Model):
    """A free answer: what may be read, and the original under seal for the organiser until it is purged."""

    response = models.ForeignKey(
        Response, on_delete=models.CASCADE, related_name="verbatims", verbose_name=_("réponse")
    )
    question = models.CharField(_("question"), max_length=60)
    masked = models.TextField(_("texte lisible"))
    sealed = models.BinaryField(_("original sous scellé"))  # empty when nothing was masked, or once purged
    hidden = models.PositiveSmallIntegerField(_("éléments masqués"), default=0)
    themes = models.JSONField(_("thèmes"), default=list)

    class Meta:
        verbose_name = _("verbatim")
        verbose_name_plural = _("verbatims")
        ordering = ["response", "question"]
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="verbatim_once")]

    def __str__(self) -> str:
        return f"{self.response_id} {self.question}"
