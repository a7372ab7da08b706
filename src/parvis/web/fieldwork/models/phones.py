"""ODK Collect on the phones of mystery citizens: their keys, and every parcel that came, whatever became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import Edition
from parvis.web.fieldwork.models.missions import Mission
from parvis.web.fieldwork.models.observations import Observation
from parvis.web.fieldwork.models.observers import Observer

PERSON = settings.AUTH_USER_MODEL


class PhoneKey(models.Model):
    """What lets one phone fetch an observer's forms and send reports. Only its fingerprint is kept."""

    observer = models.ForeignKey(
        Observer, on_delete=models.PROTECT, related_name="phone_keys", verbose_name=_("citoyen-mystère")
    )
    label = models.CharField(_("nom du téléphone"), max_length=60)
    fingerprint = models.CharField(_("empreinte de la clé"), max_length=64, unique=True)
    last_used = models.DateTimeField(_("dernière visite"), null=True)
    created_at = models.DateTimeField(_("créée"))
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("créée par"))
    revoked_at = models.DateTimeField(_("révoquée"), null=True)
    revoked_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("révoquée par")
    )

    class Meta:
        verbose_name = _("clé de téléphone")
        verbose_name_plural = _("clés de téléphone")
        ordering = ["observer", "-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="phone_key_revoked_pair",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
                name="phone_key_revoked_after_created",
                violation_error_message=_("Une clé se révoque après avoir été créée."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.fingerprint[:8]}"


class Parcel(models.Model):
    """What a phone sent: the filled form, byte for byte, and what became of it. What was refused is kept here too."""

    class State(models.TextChoices):
        WAITING = "waiting", _("attend ses pièces")
        FILED = "filed", _("reçu")
        REFUSED = "refused", _("refusé, gardé ici")
        SETTLED = "settled", _("réglé")

    TO_SETTLE = (State.REFUSED, State.WAITING)

    key = models.ForeignKey(PhoneKey, on_delete=models.PROTECT, related_name="parcels", verbose_name=_("clé"))
    observer = models.ForeignKey(
        Observer, on_delete=models.PROTECT, related_name="parcels", verbose_name=_("citoyen-mystère")
    )
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, related_name="parcels", verbose_name=_("édition")
    )
    mission = models.ForeignKey(
        Mission, on_delete=models.PROTECT, null=True, related_name="parcels", verbose_name=_("mission")
    )
    instance = models.UUIDField(_("identifiant donné par le téléphone"), null=True)
    form = models.CharField(_("formulaire"), max_length=120, blank=True)
    version = models.CharField(_("version du formulaire"), max_length=60, blank=True)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    content = models.BinaryField(_("contenu"))
    state = models.CharField(_("état"), max_length=8, choices=State)
    faults = models.JSONField(_("raisons du refus"), default=list)  # [{code, fr, en}]
    missing = models.JSONField(_("pièces annoncées et absentes"), default=list)
    observation = models.ForeignKey(
        Observation, on_delete=models.PROTECT, null=True, related_name="parcels", verbose_name=_("observation")
    )
    received_at = models.DateTimeField(_("arrivé"))
    received_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("envoyé par"))
    settlement = models.CharField(_("suite donnée"), max_length=300, blank=True)
    settled_at = models.DateTimeField(_("réglé"), null=True)
    settled_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("réglé par")
    )

    class Meta:
        verbose_name = _("envoi d’un téléphone")
        verbose_name_plural = _("envois des téléphones")
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["edition", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["observer", "sha256"], name="parcel_once"),
            models.UniqueConstraint(
                fields=["instance"], condition=Q(state__in=["waiting", "filed"]), name="parcel_one_content_an_instance"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="parcel_settled_pair",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("received_at")),
                name="parcel_settled_after_received",
                violation_error_message=_("Un envoi se règle après être arrivé."),
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | ~Q(settlement=""),
                name="parcel_settled_with_words",
                violation_error_message=_("Dites la suite donnée à cet envoi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.sha256[:8]} {self.state}"


class ParcelPiece(models.Model):
    """A photo that came with a parcel; it leaves once it is a piece of the observation."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="pieces", verbose_name=_("envoi"))
    name = models.CharField(_("nom du fichier"), max_length=200)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    file = models.FileField(_("fichier"), upload_to="parcels/", blank=True)

    class Meta:
        verbose_name = _("pièce d’un envoi")
        verbose_name_plural = _("pièces des envois")
        ordering = ["parcel", "name"]
        constraints = [models.UniqueConstraint(fields=["parcel", "name"], name="parcel_piece_once")]

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.name}"
