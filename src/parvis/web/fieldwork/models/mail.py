"""The optional mailbox of missions: an address each, what left by it, what came back, and how far it was read."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.web.fieldwork.models.missions import Mission
from parvis.web.fieldwork.models.observations import Event

PERSON = settings.AUTH_USER_MODEL


class MissionAddress(models.Model):
    """The address that an e-mail mission writes from and is answered at. Its token says nothing of the mission."""

    mission = models.OneToOneField(
        Mission, on_delete=models.PROTECT, related_name="mail_address", verbose_name=_("mission")
    )
    token = models.CharField(_("partie opaque de l’adresse"), max_length=40, unique=True)
    created_at = models.DateTimeField(_("créée"))
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("créée par"))

    class Meta:
        verbose_name = _("adresse de mission")
        verbose_name_plural = _("adresses de mission")
        ordering = ["mission"]

    def __str__(self) -> str:
        return f"M{self.mission_id} {self.token}"


class MissionMail(models.Model):
    """One message that left or came back, whole, with the moment that its headers prove."""

    class Kind(models.TextChoices):
        SENT = "sent", _("envoyé")
        PERSON = "person", _("d’une personne")
        AUTO_REPLY = "auto_reply", _("réponse automatique")
        ABSENCE = "absence", _("message d’absence")
        BOUNCE = "bounce", _("message non remis")

    mission = models.ForeignKey(
        Mission, on_delete=models.PROTECT, null=True, related_name="mails", verbose_name=_("mission")
    )
    kind = models.CharField(_("nature"), max_length=10, choices=Kind)
    message_id = models.CharField(_("identifiant du message"), max_length=250, blank=True, db_index=True)
    sender = models.CharField(_("de"), max_length=250, blank=True)
    subject = models.CharField(_("objet"), max_length=250, blank=True)
    body = models.TextField(_("texte"), blank=True)
    reason = models.CharField(
        _("ce qui le montre"), max_length=200, blank=True
    )  # the header or words that told the kind
    moment = models.DateTimeField(_("moment prouvé"))
    proof = models.CharField(_("en-tête qui le prouve"), max_length=20)
    raw = models.FileField(_("message entier"), upload_to="mails/")
    sha256 = models.CharField(_("empreinte"), max_length=64, unique=True)
    note = models.CharField(_("pourquoi il n’est pas dans le dossier"), max_length=300, blank=True)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, null=True, related_name="mails", verbose_name=_("événement du dossier")
    )
    sent_at = models.DateTimeField(_("confié au serveur"), null=True)
    sent_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("envoyé par")
    )
    qualified_at = models.DateTimeField(_("qualifié"), null=True)
    qualified_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("qualifié par")
    )

    class Meta:
        verbose_name = _("courriel de mission")
        verbose_name_plural = _("courriels de mission")
        ordering = ["mission", "moment", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True)
                | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="mission_mail_sent_pair",
            ),
            models.CheckConstraint(
                condition=Q(qualified_at__isnull=True, qualified_by__isnull=True)
                | Q(qualified_at__isnull=False, qualified_by__isnull=False),
                name="mission_mail_qualified_pair",
            ),
            models.CheckConstraint(
                condition=~Q(kind="sent") | Q(mission__isnull=False),
                name="mission_mail_sent_for_a_mission",
                violation_error_message=_("Un courriel part toujours pour une mission."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.moment:%Y-%m-%d %H:%M} {self.sha256[:8]}"


class MailboxCursor(models.Model):
    """How far a folder of the mail server was read: numbers of messages stand as long as its validity."""

    folder = models.CharField(_("dossier"), max_length=120, unique=True)
    validity = models.BigIntegerField(_("validité des numéros"), default=0)
    last_uid = models.BigIntegerField(_("dernier numéro lu"), default=0)
    polled = models.DateTimeField(_("dernière visite"), null=True)
    problem = models.CharField(_("dernier ennui"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("avancement de la relève")
        verbose_name_plural = _("avancements de la relève")
        ordering = ["folder"]

    def __str__(self) -> str:
        return f"{self.folder} {self.last_uid}"
