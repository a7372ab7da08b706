"""Counter codes: a batch as printed, and the keyed hashes of the codes that nobody has used yet.

No row here leads to a response, and none of a response leads here: a code that is used leaves by its row being deleted.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.web.consultation.models.entry_points import EntryPoint

PERSON = settings.AUTH_USER_MODEL


class CodeBatch(models.Model):
    """A printing of counter codes by a body. The codes themselves are on the paper and nowhere else."""

    entry_point = models.ForeignKey(
        EntryPoint, on_delete=models.PROTECT, related_name="code_batches", verbose_name=_("point d’entrée")
    )
    number = models.PositiveIntegerField(_("numéro de la série"))
    size = models.PositiveIntegerField(_("codes imprimés"))
    printed_at = models.DateTimeField(_("imprimée"))
    printed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("imprimée par"))
    cancelled_at = models.DateTimeField(_("annulée"), null=True)
    cancelled_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("annulée par")
    )

    class Meta:
        verbose_name = _("série de codes")
        verbose_name_plural = _("séries de codes")
        ordering = ["entry_point", "number"]
        constraints = [
            models.UniqueConstraint(fields=["entry_point", "number"], name="code_batch_once"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="code_batch_cancelled_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_point_id} n° {self.number}"


class UnusedCode(models.Model):
    """The keyed hash of a code that may still be used; the row goes with its use."""

    hash = models.CharField(_("empreinte"), max_length=64, primary_key=True)
    batch = models.ForeignKey(CodeBatch, on_delete=models.CASCADE, related_name="unused", verbose_name=_("série"))

    class Meta:
        verbose_name = _("code inutilisé")
        verbose_name_plural = _("codes inutilisés")
        ordering = ["hash"]

    def __str__(self) -> str:
        return f"…{self.hash[-12:]}"
