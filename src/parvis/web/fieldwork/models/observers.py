"""Mystery citizens: who they are for the organiser, and a pseudonym for everyone else."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import Edition
from parvis.web.territory.models import Organisation, Place

PERSON = settings.AUTH_USER_MODEL


class Observer(models.Model):
    """A trained mystery citizen. Outside the organiser's team only the pseudonym is ever shown."""

    class Status(models.TextChoices):
        APPLIED = "applied", _("candidat")
        REFUSED = "refused", _("candidature refusée")
        TRAINING = "training", _("en formation")
        CERTIFIED = "certified", _("certifié")  # active once a mission was accepted: `observer_file.is_active`
        PAUSED = "paused", _("en pause")
        SUSPENDED = "suspended", _("suspendu")
        LEFT = "left", _("parti")

    person = models.OneToOneField(PERSON, on_delete=models.PROTECT, related_name="observer", verbose_name=_("personne"))
    pseudonym = models.CharField(_("pseudonyme"), max_length=20, unique=True)
    commune = models.CharField(_("commune de résidence (code)"), max_length=5, blank=True)
    departement = models.CharField(_("département de résidence"), max_length=3, blank=True)
    latitude = models.FloatField(_("latitude approchée"), null=True, blank=True)
    longitude = models.FloatField(_("longitude approchée"), null=True, blank=True)
    status = models.CharField(_("statut"), max_length=10, choices=Status, default=Status.APPLIED)
    status_reason = models.CharField(_("raison du statut"), max_length=200, blank=True)
    certified_channels = models.JSONField(_("canaux certifiés"), default=list)  # those of the running certifications
    motivation = models.CharField(_("motivation"), max_length=300, blank=True)
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
                condition=~Q(status__in=["suspended", "refused"]) | ~Q(status_reason=""),
                name="observer_set_aside_with_reason",
                violation_error_message=_("Une suspension ou un refus a une raison."),
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym


class StatusChange(models.Model):
    """One passage of an observer from a status to another, and why."""

    observer = models.ForeignKey(
        Observer, on_delete=models.CASCADE, related_name="changes", verbose_name=_("citoyen-mystère")
    )
    from_status = models.CharField(_("de"), max_length=10, choices=Observer.Status)
    to_status = models.CharField(_("à"), max_length=10, choices=Observer.Status)
    reason = models.CharField(_("raison"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("changé"))
    changed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("changé par"))

    class Meta:
        verbose_name = _("changement de statut")
        verbose_name_plural = _("changements de statut")
        ordering = ["observer", "changed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.observer_id} {self.from_status} → {self.to_status} {self.changed_at:%Y-%m-%d %H:%M:%S}"


class Absence(models.Model):
    """Days, or half-days, when an observer makes no contact."""

    observer = models.ForeignKey(
        Observer, on_delete=models.CASCADE, related_name="absences", verbose_name=_("citoyen-mystère")
    )
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    half_day = models.CharField(
        _("demi-journée"), max_length=2, choices=[("am", _("matin")), ("pm", _("après-midi"))], blank=True
    )
    declared_at = models.DateTimeField(_("déclarée"))
    declared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("déclarée par"))

    class Meta:
        verbose_name = _("indisponibilité")
        verbose_name_plural = _("indisponibilités")
        ordering = ["observer", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["observer", "starts_on", "ends_on", "half_day"], name="absence_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="absence_in_order",
                violation_error_message=_("La fin doit venir après le début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.observer_id} {self.starts_on} – {self.ends_on} {self.half_day}".rstrip()


class Conflict(models.Model):
    """Where an observer must never be sent: employer, residence, relatives, elected office.

    One place; or, when it is empty, the whole organisation.
    """

    observer = models.ForeignKey(
        Observer, on_delete=models.CASCADE, related_name="conflicts", verbose_name=_("citoyen-mystère")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="observer_conflicts", verbose_name=_("structure")
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("site")
    )
    reason = models.CharField(_("raison"), max_length=200)
    declared_at = models.DateTimeField(_("déclaré"))
    declared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("déclaré par"))

    class Meta:
        verbose_name = _("conflit d’intérêts")
        verbose_name_plural = _("conflits d’intérêts")
        ordering = ["observer", "organisation"]
        constraints = [
            models.UniqueConstraint(
                fields=["observer", "organisation"], condition=Q(place__isnull=True), name="conflict_once"
            ),
            models.UniqueConstraint(
                fields=["observer", "place"], condition=Q(place__isnull=False), name="conflict_once_a_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.observer_id} × {self.organisation_id} {self.place_id or ''}".rstrip()


class Signature(models.Model):
    """The code of conduct as an observer signed it for one edition."""

    observer = models.ForeignKey(
        Observer, on_delete=models.CASCADE, related_name="signatures", verbose_name=_("citoyen-mystère")
    )
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+", verbose_name=_("édition"))
    version = models.CharField(_("version de la charte"), max_length=20)
    sha256 = models.CharField(_("empreinte du texte signé"), max_length=64, blank=True)
    signed_at = models.DateTimeField(_("signée"))
    signed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("signée par"))

    class Meta:
        verbose_name = _("charte signée")
        verbose_name_plural = _("chartes signées")
        ordering = ["observer", "edition", "version"]
        constraints = [models.UniqueConstraint(fields=["observer", "edition", "version"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.observer_id} {self.edition_id} {self.version}"
