"""Contact plans: asked for, computed, looked at, then adopted or left; every version stays."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import Edition

PERSON = settings.AUTH_USER_MODEL


class ContactPlan(models.Model):
    """One version of an edition's plan: what was asked, what it gives, and whether its missions were made."""

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="contact_plans", verbose_name=_("édition")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    asked = models.JSONField(_("demande"))  # contacts by channel, period, limits, fees
    seed = models.BigIntegerField(_("graine"))
    contacts = models.JSONField(_("contacts"), default=list)  # rows of new or moved contacts, see planning.rows
    report = models.JSONField(_("bilan"), default=dict)  # empty until it is computed
    asked_at = models.DateTimeField(_("demandé"))
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("demandé par"))
    adopted_at = models.DateTimeField(_("adopté"), null=True)
    adopted_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("adopté par")
    )

    class Meta:
        verbose_name = _("plan de contacts")
        verbose_name_plural = _("plans de contacts")
        ordering = ["edition", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="contact_plan_number_once"),
            models.CheckConstraint(
                condition=Q(adopted_at__isnull=True, adopted_by__isnull=True)
                | Q(adopted_at__isnull=False, adopted_by__isnull=False),
                name="contact_plan_adopted_pair",
            ),
            models.CheckConstraint(
                condition=Q(adopted_at__isnull=True) | Q(adopted_at__gte=F("asked_at")),
                name="contact_plan_adopted_after_asked",
                violation_error_message=_("Un plan s’adopte après avoir été demandé."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} plan {self.number}"

    @property
    def is_computed(self) -> bool:
        return bool(self.report)


class BoardSnapshot(models.Model):
    """The counts of the live board of a large edition, taken by the worker so that nobody waits for them."""

    edition = models.OneToOneField(
        Edition, on_delete=models.CASCADE, related_name="board_snapshot", verbose_name=_("édition")
    )
    counted = models.DateTimeField(_("compté"))
    figures = models.JSONField(_("chiffres"))

    class Meta:
        verbose_name = _("photographie du terrain")
        verbose_name_plural = _("photographies du terrain")
        ordering = ["edition"]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.counted:%Y-%m-%d %H:%M}"
