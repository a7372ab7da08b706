"""What is decided about observations: review, appeals, and what people on the ground report."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.fieldwork.models.missions import Mission
from parvis.web.fieldwork.models.observations import Observation
from parvis.web.territory.models import Organisation

PERSON = settings.AUTH_USER_MODEL


class ReviewStep(models.Model):
    """One passage of an observation from a state to the next: why, who, when. Never changed afterwards."""

    observation = models.ForeignKey(
        Observation, on_delete=models.PROTECT, related_name="steps", verbose_name=_("observation")
    )
    from_state = models.CharField(_("de"), max_length=10, choices=Observation.State)
    to_state = models.CharField(_("à"), max_length=10, choices=Observation.State)
    reason = models.CharField(_("raison"), max_length=300, blank=True)
    grade = models.PositiveSmallIntegerField(_("appréciation (1 à 4)"), null=True)
    earlier_answers = models.JSONField(_("réponses d’avant"), null=True)  # when the observer revised them
    decided_at = models.DateTimeField(_("décidé"))
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("décidé par"))

    class Meta:
        verbose_name = _("étape de relecture")
        verbose_name_plural = _("étapes de relecture")
        ordering = ["observation", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(to_state__in=["to_revise", "excluded"]) | ~Q(reason=""),
                name="review_step_reason",
                violation_error_message=_("Faire revoir ou écarter une observation demande une raison."),
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__range=(1, 4)),
                name="review_step_grade",
                violation_error_message=_("L’appréciation va de 1 à 4."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.observation_id} {self.from_state} → {self.to_state}"


class ReviewComment(models.Model):
    """One sentence of an edition's comment library; `code` names a shipped one, kept here once it is retired."""

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="review_comments", verbose_name=_("édition")
    )
    code = models.SlugField(_("remarque fournie"), max_length=20, blank=True)
    text = models.CharField(_("remarque"), max_length=300)
    written_at = models.DateTimeField(_("écrite"))
    written_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("écrite par"))
    retired_at = models.DateTimeField(_("retirée"), null=True)
    retired_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("retirée par")
    )

    class Meta:
        verbose_name = _("remarque toute prête")
        verbose_name_plural = _("remarques toutes prêtes")
        ordering = ["edition", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "text"], name="review_comment_once"),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="review_comment_retired_pair",
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("written_at")),
                name="review_comment_retired_after_written",
                violation_error_message=_("Une remarque se retire après avoir été écrite."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.text}"


class Appeal(models.Model):
    """An organisation contests one criterion of its results, with a reason and a proof.

    It never points at an observation: the organiser looks for those concerned and, when it is upheld, reopens them.
    """

    class State(models.TextChoices):
        OPEN = "open", _("à examiner")
        UPHELD = "upheld", _("acceptée")
        REJECTED = "rejected", _("rejetée")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="appeals", verbose_name=_("édition"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="appeals", verbose_name=_("structure")
    )
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS)
    criterion = models.CharField(_("critère"), max_length=80)
    reason = models.TextField(_("raison"))
    proof = models.FileField(_("preuve"), upload_to="appeals/", blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State, default=State.OPEN)
    outcome = models.TextField(_("décision"), blank=True)
    reopened = models.ManyToManyField(
        Observation, blank=True, related_name="appeals", verbose_name=_("observations rouvertes")
    )
    filed_at = models.DateTimeField(_("déposée"))
    filed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("déposée par"))
    decided_at = models.DateTimeField(_("décidée"), null=True)
    decided_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("décidée par")
    )

    class Meta:
        verbose_name = _("contestation")
        verbose_name_plural = _("contestations")
        ordering = ["-filed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "organisation", "channel", "criterion"], name="appeal_once"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="appeal_decided_pair",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("filed_at")),
                name="appeal_decided_after_filed",
                violation_error_message=_("Une contestation se décide après son dépôt."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="appeal_decided_by_someone",
                violation_error_message=_("Une décision dit qui l’a prise et quand."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.channel} {self.criterion} ({self.state})"


class Report(models.Model):
    """What went wrong on the ground: an incident, an observer recognised by staff, an appointment to cancel."""

    class Kind(models.TextChoices):
        INCIDENT = "incident", _("incident")
        SPOTTED = "spotted", _("visite repérée")
        CLEAN_UP = "clean_up", _("rendez-vous à annuler")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="reports", verbose_name=_("édition"))
    kind = models.CharField(_("nature"), max_length=8, choices=Kind)
    mission = models.ForeignKey(
        Mission, on_delete=models.PROTECT, null=True, related_name="reports", verbose_name=_("mission")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("structure")
    )
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS, blank=True)  # of a contact that was spotted
    happened_on = models.DateField(_("jour du contact repéré"), null=True)
    text = models.TextField(_("ce qui s’est passé"))
    reported_at = models.DateTimeField(_("signalé"))
    reported_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("signalé par"))
    settled_at = models.DateTimeField(_("réglé"), null=True)
    settled_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("réglé par")
    )
    settlement = models.CharField(_("suite donnée"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("signalement")
        verbose_name_plural = _("signalements")
        ordering = ["-reported_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="report_settled_pair",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("reported_at")),
                name="report_settled_after_reported",
                violation_error_message=_("Un signalement se règle après avoir été fait."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reported_at:%Y-%m-%d}"
