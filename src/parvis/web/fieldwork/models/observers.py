"""Mystery citizens: who they are for the organiser, and a pseudonym for everyone else."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import Edition
from parvis.web.territory.models import Organisation

PERSON = settings.AUTH_USER_MODEL


class Observer(models.Model):
    """A trained mystery citizen. Outside the organiser's team only the pseudonym is ever shown."""

    class Status(models.TextChoices):
        APPLIED = "applied", _("candidat")
        TRAINED = "trained", _("formé")
        CERTIFIED = "certified", _("certifié")
        SUSPENDED = "suspended", _("suspendu")

    person = models.OneToOneField(PERSON, on_delete=models.PROTECT, related_name="observer", verbose_name=_("personne"))
    pseudonym = models.CharField(_("pseudonyme"), max_length=20, unique=True)
    commune = models.CharField(_("commune de résidence (code)"), max_length=5, blank=True)
    departement = models.CharField(_("département de résidence"), max_length=3, blank=True)
    latitude = models.FloatField(_("latitude approchée"), null=True, blank=True)
    longitude = models.FloatField(_("longitude approchée"), null=True, blank=True)
    status = models.CharField(_("statut"), max_length=10, choices=Status, default=Status.APPLIED)
    status_reason = models.CharField(_("raison du statut"), max_length=200, blank=True)
    certified_channels = models.JSONField(_("canaux certifiés"), default=list)
    capacity = models.PositiveSmallIntegerField(_("missions acceptées par mois"), default=20)
    demonstration = models.BooleanField(_("démonstration"), default=False)
    registered_at = models.DateTimeField(_("inscrit"))
    registered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("inscrit par"))
    certified_at = models.DateTimeField(_("certifié"), null=True)
    certified_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("certifié par")
    )

    class Meta:
        verbose_name = _("citoyen-mystère")
        verbose_name_plural = _("citoyens-mystère")
        ordering = ["pseudonym"]
        constraints = [
            models.CheckConstraint(
                condition=Q(certified_at__isnull=True, certified_by__isnull=True)
                | Q(certified_at__isnull=False, certified_by__isnull=False),
                name="observer_certified_pair",
            ),
            models.CheckConstraint(
                condition=~Q(status="certified") | Q(certified_at__isnull=False),
                name="observer_certified_by_someone",
                violation_error_message=_("Une certification dit qui l’a donnée et quand."),
            ),
            models.CheckConstraint(
                condition=Q(certified_at__isnull=True) | Q(certified_at__gte=F("registered_at")),
                name="observer_certified_after_registered",
                violation_error_message=_("Une certification vient après l’inscription."),
            ),
            models.CheckConstraint(
                condition=~Q(status="suspended") | ~Q(status_reason=""),
                name="observer_suspended_with_reason",
                violation_error_message=_("Une suspension a une raison."),
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym


class Conflict(models.Model):
    """An organisation that an observer must never be sent to: employer, residence, relatives, elected office."""

    observer = models.ForeignKey(
        Observer, on_delete=models.CASCADE, related_name="conflicts", verbose_name=_("citoyen-mystère")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="observer_conflicts", verbose_name=_("structure")
    )
    reason = models.CharField(_("raison"), max_length=200)
    declared_at = models.DateTimeField(_("déclaré"))
    declared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("déclaré par"))

    class Meta:
        verbose_name = _("conflit d’intérêts")
        verbose_name_plural = _("conflits d’intérêts")
        ordering = ["observer", "organisation"]
        constraints = [models.UniqueConstraint(fields=["observer", "organisation"], name="conflict_once")]

    def __str__(self) -> str:
        return f"{self.observer_id} × {self.organisation_id}"


class Signature(models.Model):
    """The code of conduct as an observer signed it for one edition."""

    observer = models.ForeignKey(
        Observer, on_delete=models.CASCADE, related_name="signatures", verbose_name=_("citoyen-mystère")
    )
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+", verbose_name=_("édition"))
    version = models.CharField(_("version de la charte"), max_length=20)
    signed_at = models.DateTimeField(_("signée"))
    signed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("signée par"))

    class Meta:
        verbose_name = _("charte signée")
        verbose_name_plural = _("chartes signées")
        ordering = ["observer", "edition", "version"]
        constraints = [models.UniqueConstraint(fields=["observer", "edition", "version"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.observer_id} {self.edition_id} {self.version}"
