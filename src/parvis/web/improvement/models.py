"""What an organisation does with its results: a plan of actions, each reviewed against a criterion set beforehand."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import CHANNELS, Edition
from parvis.web.territory.models import Organisation

PERSON = settings.AUTH_USER_MODEL


class ActionPlan(models.Model):
    """An organisation's plan of 18 to 24 months, begun from the results of an edition."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="plans", verbose_name=_("structure")
    )
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="plans", verbose_name=_("édition"))
    starts_on = models.DateField(_("début"))
    ends_on = models.DateField(_("fin"))
    created_at = models.DateTimeField(_("créé"))
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("créé par"))

    class Meta:
        verbose_name = _("plan d’action")
        verbose_name_plural = _("plans d’action")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "edition"], name="plan_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="plan_in_order",
                violation_error_message=_("La fin du plan doit venir après son début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.edition_id}"


class Action(models.Model):
    """One thing to do: a finding, an owner, a due date, and how its success will be known."""

    class State(models.TextChoices):
        OPEN = "open", _("en cours")
        DONE = "done", _("faite")
        DROPPED = "dropped", _("abandonnée")

    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="actions", verbose_name=_("plan"))
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS, blank=True)
    criterion = models.CharField(_("critère"), max_length=80, blank=True)
    finding = models.CharField(_("constat"), max_length=300)
    baseline = models.FloatField(_("score de départ"), null=True)
    title = models.CharField(_("action"), max_length=200)
    owner = models.CharField(_("responsable"), max_length=120)
    due_on = models.DateField(_("échéance"))
    success_criterion = models.CharField(_("critère de réussite"), max_length=300)
    state = models.CharField(_("état"), max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(_("créée"))
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("créée par"))

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.title


class ActionReview(models.Model):
    """A dated look at an action: keep it, adjust it or drop it, and why."""

    class Decision(models.TextChoices):
        KEEP = "keep", _("maintenir")
        ADJUST = "adjust", _("ajuster")
        DROP = "drop", _("abandonner")
        DONE = "done", _("terminer")

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("action"))
    decision = models.CharField(_("décision"), max_length=8, choices=Decision)
    comment = models.TextField(_("ce que l’on constate"))
    new_due_on = models.DateField(_("nouvelle échéance"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("revue"))
    reviewed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("revue par"))

    class Meta:
        verbose_name = _("revue d’action")
        verbose_name_plural = _("revues d’action")
        ordering = ["-reviewed_at"]

    def __str__(self) -> str:
        return f"{self.action} · {self.get_decision_display()}"
