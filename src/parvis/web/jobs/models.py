"""Long work with its progress, and mail that waits to be sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """A long piece of work that people can follow and cancel, and that survives a restart."""

    class State(models.TextChoices):
        WAITING = "waiting", _("en attente")
        RUNNING = "running", _("en cours")
        DONE = "done", _("terminé")
        FAILED = "failed", _("en échec")
        CANCELLED = "cancelled", _("annulé")

    task = models.CharField(_("tâche"), max_length=120)  # dotted path of the task to run
    arguments = models.JSONField(_("arguments"), default=dict)
    label = models.CharField(_("libellé"), max_length=200)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(_("fait"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    message = models.TextField(_("message"), blank=True)
    result = models.JSONField(_("résultat"), default=dict)
    asked_at = models.DateTimeField(_("demandé"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("demandé par")
    )
    heartbeat = models.DateTimeField(_("dernier signe"), null=True)
    cancelled_at = models.DateTimeField(_("annulation demandée"), null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("annulé par")
    )

    class Meta:
        verbose_name = _("travail")
        verbose_name_plural = _("travaux")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | models.Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="job_cancelled_pair",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.get_state_display()})"

    @property
    def under_way(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0


class Mail(models.Model):
    """A letter in the outbox: written in the transaction of what it tells, sent after it, retried until it goes."""

    to = models.EmailField(_("destinataire"))
    subject = models.CharField(_("objet"), max_length=200)
    body = models.TextField(_("texte"))
    attachments = models.JSONField(_("pièces"), default=list)  # [{name, mime, base64}]
    written = models.DateTimeField(_("écrit"), auto_now_add=True)
    sent = models.DateTimeField(_("envoyé"), null=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    next_try = models.DateTimeField(_("prochain essai"), null=True)  # None: as soon as possible
    error = models.TextField(_("dernière erreur"), blank=True)

    class Meta:
        verbose_name = _("courriel")
        verbose_name_plural = _("courriels")
        ordering = ["pk"]
        indexes = [models.Index(fields=["sent", "next_try"])]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"
