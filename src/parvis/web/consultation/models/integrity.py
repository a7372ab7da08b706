"""What keeps the count honest: the published rule, and counters that forget everything each day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import Edition

PERSON = settings.AUTH_USER_MODEL


class Consultation(models.Model):
    """The rule by which responses of an edition qualify, published with its hash before the first one comes."""

    edition = models.OneToOneField(
        Edition, on_delete=models.CASCADE, related_name="consultation", verbose_name=_("édition")
    )
    rule = models.JSONField(_("règle de qualification"))
    rule_sha256 = models.CharField(_("empreinte de la règle"), max_length=64)
    published_at = models.DateTimeField(_("règle publiée"))
    published_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("publiée par"))

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["edition"]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.rule_sha256[:8]}"


class RateKey(models.Model):
    """The secret of one day; without it no counter means anything. It goes with the day and is never backed up."""

    day = models.DateField(_("jour"), primary_key=True)
    secret = models.BinaryField(_("secret"))

    class Meta:
        verbose_name = _("clé du jour")
        verbose_name_plural = _("clés du jour")
        ordering = ["day"]

    def __str__(self) -> str:
        return str(self.day)


class RateCounter(models.Model):
    """How often something happened within a day, under a keyed hash. Nothing links it to a response."""

    key = models.CharField(_("empreinte"), max_length=32, primary_key=True)
    day = models.DateField(_("jour"), db_index=True)
    count = models.PositiveIntegerField(_("nombre"), default=0)

    class Meta:
        verbose_name = _("compteur du jour")
        verbose_name_plural = _("compteurs du jour")
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{self.key[:6]}… {self.count}"
