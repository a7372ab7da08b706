"""What observers learned: each try at a quiz, and the certification of a channel that came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import CHANNELS
from parvis.web.fieldwork.models.observers import Observer

PERSON = settings.AUTH_USER_MODEL


class QuizAttempt(models.Model):
    """One try at the quiz of a channel, with the answers given."""

    observer = models.ForeignKey(
        Observer, on_delete=models.CASCADE, related_name="attempts", verbose_name=_("citoyen-mystère")
    )
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS)
    version = models.CharField(_("version de la formation"), max_length=20)
    answers = models.JSONField(_("réponses"), default=dict)  # question → rank of the choice taken
    right = models.PositiveSmallIntegerField(_("bonnes réponses"))
    asked = models.PositiveSmallIntegerField(_("questions posées"))
    passed = models.BooleanField(_("réussi"))
    taken_at = models.DateTimeField(_("passé"))
    taken_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("passé par"))

    class Meta:
        verbose_name = _("essai au questionnaire")
        verbose_name_plural = _("essais aux questionnaires")
        ordering = ["observer", "channel", "taken_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(right__lte=F("asked")),
                name="quiz_right_within_asked",
                violation_error_message=_("Il n’y a pas plus de bonnes réponses que de questions."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.observer_id} {self.channel} {self.right}/{self.asked} {self.taken_at:%Y-%m-%d %H:%M:%S}"


class Certification(models.Model):
    """An observer may be sent on a channel: the quiz of this version was passed, or an organiser vouches for it."""

    class Origin(models.TextChoices):
        QUIZ = "quiz", _("questionnaire réussi")
        ORGANISER = "organiser", _("donnée par l’organisateur")

    observer = models.ForeignKey(
        Observer, on_delete=models.CASCADE, related_name="certifications", verbose_name=_("citoyen-mystère")
    )
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS)
    version = models.CharField(_("version de la formation"), max_length=20)
    origin = models.CharField(_("origine"), max_length=10, choices=Origin)
    granted_at = models.DateTimeField(_("donnée"))
    granted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("donnée par"))
    ended_at = models.DateTimeField(_("retirée"), null=True)
    ended_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("retirée par")
    )
    end_reason = models.CharField(_("raison du retrait"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        ordering = ["observer", "channel", "granted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["observer", "channel"], condition=Q(ended_at__isnull=True), name="certification_running_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="certification_ended_pair",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("granted_at")),
                name="certification_ended_after_granted",
                violation_error_message=_("Une certification se retire après avoir été donnée."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.observer_id} {self.channel} {self.version} {self.granted_at:%Y-%m-%d %H:%M:%S}"
