"""How a body presents itself on its kit, and the paper forms that it keys in, twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.web.consultation.models.entry_points import EntryPoint
from parvis.web.territory.models import Organisation

PERSON = settings.AUTH_USER_MODEL


class KitStyle(models.Model):
    """The colour and the logo of a body, for everything that it prints."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="kit_style", verbose_name=_("structure")
    )
    accent = models.CharField(_("couleur"), max_length=7, blank=True)
    logo = models.BinaryField(_("logo"), blank=True)
    changed_at = models.DateTimeField(_("changé"))
    changed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("changé par"))

    class Meta:
        verbose_name = _("présentation du kit")
        verbose_name_plural = _("présentations du kit")
        ordering = ["organisation"]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.accent}"


class PaperSheet(models.Model):
    """A paper form, keyed by two people; when they read the same, it becomes a response and what was keyed goes."""

    entry_point = models.ForeignKey(
        EntryPoint, on_delete=models.PROTECT, related_name="sheets", verbose_name=_("point d’entrée")
    )
    number = models.PositiveIntegerField(_("numéro de la feuille"))
    first = models.JSONField(_("première saisie"), default=dict)
    first_language = models.CharField(_("langue lue d’abord"), max_length=12, default="fr")
    first_at = models.DateTimeField(_("saisie une fois"))
    first_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("saisie par"))
    second = models.JSONField(_("seconde saisie"), default=dict)
    second_language = models.CharField(_("langue lue ensuite"), max_length=12, default="fr")
    second_at = models.DateTimeField(_("saisie deux fois"), null=True)
    second_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("resaisie par")
    )
    settled_at = models.DateTimeField(_("réglée"), null=True)
    settled_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("réglée par")
    )

    class Meta:
        verbose_name = _("feuille")
        verbose_name_plural = _("feuilles")
        ordering = ["entry_point", "number"]
        constraints = [
            models.UniqueConstraint(fields=["entry_point", "number"], name="sheet_once"),
            models.CheckConstraint(
                condition=Q(second_at__isnull=True, second_by__isnull=True)
                | Q(second_at__isnull=False, second_by__isnull=False),
                name="sheet_second_pair",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="sheet_settled_pair",
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | ~Q(second_by=F("first_by")),
                name="sheet_two_people",
                violation_error_message=_("La seconde saisie est faite par une autre personne."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_point_id} n° {self.number}"
