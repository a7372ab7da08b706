"""What makes a report be read: flags, facts known beforehand, and a second coding of written evidence."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.fieldwork.models.observations import Observation
from parvis.web.territory.models import Place

PERSON = settings.AUTH_USER_MODEL


class Flag(models.Model):
    """One reason to read a report, found by the automatic checks. It accuses nobody and decides nothing."""

    observation = models.ForeignKey(
        Observation, on_delete=models.CASCADE, related_name="flags", verbose_name=_("observation")
    )
    kind = models.CharField(_("raison"), max_length=24)
    shown_by = models.CharField(_("ce qui le montre"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("signe")
        verbose_name_plural = _("signes")
        ordering = ["observation", "kind"]
        constraints = [models.UniqueConstraint(fields=["observation", "kind", "shown_by"], name="flag_once")]

    def __str__(self) -> str:
        return f"{self.observation_id} {self.kind} {self.shown_by}".strip()


class TrapItem(models.Model):
    """A question of a grid whose true answer the organiser knows, at one place or everywhere. Observers do not know."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="trap_items", verbose_name=_("édition"))
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS)
    question = models.CharField(_("question"), max_length=80)
    expected = models.CharField(_("réponse vraie"), max_length=80)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("site"))
    source = models.CharField(_("comment on le sait"), max_length=200)
    written_at = models.DateTimeField(_("écrite"))
    written_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("écrite par"))

    class Meta:
        verbose_name = _("question piège")
        verbose_name_plural = _("questions pièges")
        ordering = ["edition", "channel", "question", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "channel", "question", "place"],
                name="trap_item_once_at_a_place",
                condition=Q(place__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["edition", "channel", "question"],
                name="trap_item_once_everywhere",
                condition=Q(place__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.channel} {self.question} {self.place_id or ''}".strip()


class DoubleCoding(models.Model):
    """A written observation to be coded again by someone who has seen its evidence and never its marks."""

    observation = models.OneToOneField(
        Observation, on_delete=models.PROTECT, related_name="double_coding", verbose_name=_("observation")
    )
    double = models.OneToOneField(
        Observation, on_delete=models.PROTECT, null=True, related_name="coding", verbose_name=_("second codage")
    )
    asked_at = models.DateTimeField(_("demandé"))
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("demandé par"))

    class Meta:
        verbose_name = _("double codage")
        verbose_name_plural = _("doubles codages")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(double=models.F("observation")), name="double_coding_of_another")
        ]

    def __str__(self) -> str:
        return f"{self.observation_id} × {self.double_id or '?'}"
