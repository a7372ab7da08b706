"""What observers are asked to do: scenarios and missions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import CHANNELS, Edition, Enrolment
from parvis.web.fieldwork.models.observers import Observer
from parvis.web.territory.models import Place, PublicService

PERSON = settings.AUTH_USER_MODEL


class Scenario(models.Model):
    """The request to be made, for one service and channel. It is used only after an ethics review.

    Once reviewed its words do not change: a change is a new version, reviewed in turn.
    """

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("acceptable")
        REFUSED = "refused", _("refusé")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="scenarios", verbose_name=_("édition"))
    code = models.SlugField(_("code"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS)
    service = models.ForeignKey(
        PublicService, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    title = models.CharField(_("titre"), max_length=120)
    text = models.TextField(_("consigne"))
    active = models.BooleanField(_("en usage"), default=True)
    retired_reason = models.CharField(_("raison du retrait"), max_length=200, blank=True)
    burden_minutes = models.PositiveSmallIntegerField(_("temps demandé aux agents (minutes)"), default=10)
    most_uses = models.PositiveSmallIntegerField(_("usages au plus dans une structure"), null=True, blank=True)
    written_at = models.DateTimeField(_("écrit"))
    written_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("écrit par"))
    ethics_reviewed_at = models.DateTimeField(_("relu (éthique)"), null=True)
    ethics_reviewed_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("relu par")
    )
    ethics_verdict = models.CharField(_("avis éthique"), max_length=8, choices=Verdict, blank=True)
    ethics_reason = models.CharField(_("raison de l’avis"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("scénario")
        verbose_name_plural = _("scénarios")
        ordering = ["edition", "channel", "code"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code", "version"], name="scenario_version_once"),
            models.CheckConstraint(
                condition=Q(ethics_reviewed_at__isnull=True, ethics_reviewed_by__isnull=True)
                | Q(ethics_reviewed_at__isnull=False, ethics_reviewed_by__isnull=False),
                name="scenario_ethics_pair",
            ),
            models.CheckConstraint(
                condition=Q(ethics_reviewed_at__isnull=True, ethics_verdict="")
                | (Q(ethics_reviewed_at__isnull=False) & ~Q(ethics_verdict="")),
                name="scenario_ethics_verdict",
                violation_error_message=_("Une relecture éthique se conclut par un avis."),
            ),
            models.CheckConstraint(
                condition=~Q(ethics_verdict="refused") | ~Q(ethics_reason=""),
                name="scenario_refused_with_reason",
                violation_error_message=_("Un avis défavorable a une raison."),
            ),
            models.CheckConstraint(
                condition=Q(ethics_reviewed_at__isnull=True) | Q(ethics_reviewed_at__gte=F("written_at")),
                name="scenario_ethics_after_writing",
                violation_error_message=_("Un scénario se relit après avoir été écrit."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ready(self) -> bool:
        """Whether a mission may be planned with it."""
        return self.active and self.ethics_verdict == self.Verdict.ACCEPTED


class Mission(models.Model):
    """One contact to make: one observer, one place, one channel, one scenario, one window."""

    class State(models.TextChoices):
        PLANNED = "planned", _("prévue")
        OFFERED = "offered", _("proposée")
        ACCEPTED = "accepted", _("acceptée")
        DECLINED = "declined", _("déclinée")
        RELEASED = "released", _("rendue")
        DONE = "done", _("faite")
        CANCELLED = "cancelled", _("annulée")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="missions", verbose_name=_("édition"))
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="missions", verbose_name=_("inscription")
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="missions", verbose_name=_("site"))
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS)
    scenario = models.ForeignKey(
        Scenario, on_delete=models.PROTECT, null=True, related_name="missions", verbose_name=_("scénario")
    )
    observer = models.ForeignKey(
        Observer, on_delete=models.PROTECT, null=True, related_name="missions", verbose_name=_("citoyen-mystère")
    )
    window_starts_on = models.DateField(_("à partir du"))
    window_ends_on = models.DateField(_("jusqu’au"))
    half_day = models.CharField(
        _("demi-journée conseillée"), max_length=2, choices=[("am", _("matin")), ("pm", _("après-midi"))], blank=True
    )
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.PLANNED)
    reason = models.CharField(_("raison"), max_length=200, blank=True)  # of a refusal, a return or a cancellation
    planned_at = models.DateTimeField(_("prévue"))
    planned_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("prévue par"))
    offered_at = models.DateTimeField(_("proposée"), null=True)
    offered_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("proposée par")
    )
    offer_ends_on = models.DateField(_("réponse attendue jusqu’au"), null=True)
    accepted_at = models.DateTimeField(_("acceptée"), null=True)
    accepted_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("acceptée par")
    )

    class Meta:
        verbose_name = _("mission")
        verbose_name_plural = _("missions")
        ordering = ["window_starts_on", "pk"]
        indexes = [
            models.Index(fields=["edition", "state", "channel"]),
            models.Index(fields=["observer", "state"]),
            models.Index(fields=["edition", "window_starts_on"]),
            models.Index(fields=["edition", "state", "window_ends_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(window_ends_on__gte=F("window_starts_on")),
                name="mission_window_in_order",
                violation_error_message=_("La fin de la mission doit venir après son début."),
            ),
            models.CheckConstraint(
                condition=Q(offered_at__isnull=True, offered_by__isnull=True)
                | Q(offered_at__isnull=False, offered_by__isnull=False),
                name="mission_offered_pair",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="mission_accepted_pair",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(accepted_at__gte=F("offered_at")),
                name="mission_accepted_after_offered",
                violation_error_message=_("Une mission s’accepte après avoir été proposée."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["offered", "accepted", "done"]) | Q(observer__isnull=False),
                name="mission_in_hand_has_observer",
                violation_error_message=_("Une mission proposée, acceptée ou faite a un citoyen-mystère."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "done"]) | Q(accepted_at__isnull=False),
                name="mission_done_was_accepted",
                violation_error_message=_("Une mission se fait après avoir été acceptée."),
            ),
        ]

    def __str__(self) -> str:
        return f"M{self.pk} {self.channel} {self.place_id}"
