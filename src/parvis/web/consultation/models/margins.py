"""What responses are set against: population figures that an organiser deposits, visits that a body declares."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import Edition
from parvis.web.territory.models import Organisation

PERSON = settings.AUTH_USER_MODEL


class PopulationMargins(models.Model):
    """The known totals of an edition's territories, by level of the profile questions, and where they come from."""

    edition = models.OneToOneField(
        Edition, on_delete=models.CASCADE, related_name="population_margins", verbose_name=_("édition")
    )
    rows = models.JSONField(_("effectifs"))  # [territory, variable, level, total], in order
    source = models.CharField(_("source"), max_length=300)
    sha256 = models.CharField(_("empreinte du fichier"), max_length=64)
    put_at = models.DateTimeField(_("déposées"))
    put_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("déposées par"))

    class Meta:
        verbose_name = _("marges de population")
        verbose_name_plural = _("marges de population")
        ordering = ["edition"]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.sha256[:8]}"


class Attendance(models.Model):
    """How many visits a body had in a year, by its own count: what responses are set against where nobody lives."""

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="attendances", verbose_name=_("édition")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="attendances", verbose_name=_("structure")
    )
    visits = models.PositiveIntegerField(_("visites par an"))
    source = models.CharField(_("source"), max_length=200)
    declared_at = models.DateTimeField(_("déclarées"))
    declared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("déclarées par"))

    class Meta:
        verbose_name = _("fréquentation")
        verbose_name_plural = _("fréquentations")
        ordering = ["edition", "organisation"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "organisation"], name="attendance_once"),
            models.CheckConstraint(condition=models.Q(visits__gt=0), name="attendance_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.organisation_id}: {self.visits}"
