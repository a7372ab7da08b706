"""What missions are paid, and what they cost those who make them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.fieldwork.models.missions import Mission

PERSON = settings.AUTH_USER_MODEL


class Fee(models.Model):
    """What one mission of a channel is paid in an edition, in euros."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="fees", verbose_name=_("édition"))
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS)
    amount = models.DecimalField(_("montant"), max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("tarif d’une mission")
        verbose_name_plural = _("tarifs des missions")
        ordering = ["edition", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "channel"], name="fee_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="fee_not_negative",
                violation_error_message=_("Un tarif n’est pas négatif."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.channel}: {self.amount} €"


class Expense(models.Model):
    """What a mission cost its observer, asked back: stamps, tickets, kilometres."""

    class Kind(models.TextChoices):
        TRAVEL = "travel", _("déplacement")
        POSTAGE = "postage", _("affranchissement")
        PHONE = "phone", _("appel surtaxé")
        OTHER = "other", _("autre")

    class State(models.TextChoices):
        ASKED = "asked", _("demandé")
        ACCEPTED = "accepted", _("accepté")
        REFUSED = "refused", _("refusé")

    mission = models.ForeignKey(Mission, on_delete=models.PROTECT, related_name="expenses", verbose_name=_("mission"))
    kind = models.CharField(_("nature"), max_length=8, choices=Kind)
    amount = models.DecimalField(_("montant"), max_digits=6, decimal_places=2)
    detail = models.CharField(_("précision"), max_length=200, blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State, default=State.ASKED)
    reason = models.CharField(_("raison"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("demandé"))
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("demandé par"))
    decided_at = models.DateTimeField(_("décidé"), null=True)
    decided_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("décidé par")
    )

    class Meta:
        verbose_name = _("frais")
        verbose_name_plural = _("frais")
        ordering = ["mission", "asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="expense_positive",
                violation_error_message=_("Un montant de frais est plus grand que zéro."),
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=["accepted", "refused"], decided_at__isnull=False, decided_by__isnull=False),
                name="expense_decided_pair",
                violation_error_message=_("Une décision sur des frais dit qui l’a prise et quand."),
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("asked_at")),
                name="expense_decided_after_asked",
                violation_error_message=_("Des frais se décident après avoir été demandés."),
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""),
                name="expense_refused_with_reason",
                violation_error_message=_("Un refus a une raison."),
            ),
        ]

    def __str__(self) -> str:
        return f"M{self.mission_id} {self.kind} {self.amount} € {self.asked_at:%Y-%m-%d %H:%M:%S}"
