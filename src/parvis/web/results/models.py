"""Frozen datasets, publications and what each organisation is delivered. Nothing here is ever recalculated in place."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parvis.core.vocabulary import Fault, Level, ParvisError, Text
from parvis.web.consultation.trophy import RateName
from parvis.web.editions.models import CHANNELS, LEVELS, Category, Edition, Enrolment
from parvis.web.territory.models import Organisation

PERSON = settings.AUTH_USER_MODEL


class Unchanging(models.Model):
    """A row that is written once: changing or deleting it is refused."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ParvisError(
                Fault(
                    "unchanging",
                    Text("Ce qui est publié ne change pas.", "What is published does not change."),
                    Text("Publiez une correction.", "Publish a correction."),
                )
            )
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ParvisError(
            Fault(
                "unchanging",
                Text("Ce qui est publié ne s’efface pas.", "What is published is not deleted."),
                Text("Publiez une correction.", "Publish a correction."),
            )
        )


class FrozenDataset(Unchanging):
    """The edition's data as they were when frozen, on disk as a bundle, known by its fingerprint."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="datasets", verbose_name=_("édition"))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    folder = models.CharField(_("dossier"), max_length=200)  # relative to settings.DATASETS
    rows = models.JSONField(_("lignes par table"))
    frozen_at = models.DateTimeField(_("figé"))
    frozen_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("figé par"))

    class Meta:
        verbose_name = _("jeu de données figé")
        verbose_name_plural = _("jeux de données figés")
        ordering = ["-frozen_at"]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.sha256[:12]}"


class Publication(Unchanging):
    """A result signed by the organiser. A correction is a new publication that says what it corrects and why."""

    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="publications", verbose_name=_("édition")
    )
    number = models.PositiveSmallIntegerField(_("numéro"))
    dataset = models.ForeignKey(
        FrozenDataset, on_delete=models.PROTECT, related_name="publications", verbose_name=_("jeu de données")
    )
    folder = models.CharField(_("dossier du résultat"), max_length=200)
    result_sha256 = models.CharField(_("empreinte du résultat"), max_length=64)
    national = models.JSONField(_("résultats nationaux"))
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_by", verbose_name=_("corrige")
    )
    reason = models.TextField(_("raison de la correction"), blank=True)
    published_at = models.DateTimeField(_("publiée"))
    published_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("publiée par"))

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="publication_number_once"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(reason=""),
                name="correction_has_reason",
                violation_error_message=_("Une correction dit pourquoi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} · publication {self.number}"


class Scorecard(Unchanging):
    """One organisation's slice of a publication: all that its pages and its PDF need, in one row."""

    publication = models.ForeignKey(
        Publication, on_delete=models.PROTECT, related_name="scorecards", verbose_name=_("publication")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="scorecards", verbose_name=_("structure")
    )
    data = models.JSONField(_("contenu"))

    class Meta:
        verbose_name = _("fiche de résultats")
        verbose_name_plural = _("fiches de résultats")
        ordering = ["publication", "organisation__name"]
        constraints = [models.UniqueConstraint(fields=["publication", "organisation"], name="scorecard_once")]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.publication_id}"


class Distinction(Unchanging):
    """A trophy, prize or mention of a publication, ex aequo allowed."""

    class Kind(models.TextChoices):
        TROPHY = "trophy", _("trophée")
        CONSULTATION = "consultation", _("trophée de la consultation citoyenne")
        PRIZE = "prize", pgettext_lazy("distinction", "prix")
        MENTION = "mention", _("mention")

    publication = models.ForeignKey(
        Publication, on_delete=models.PROTECT, related_name="distinctions", verbose_name=_("publication")
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("catégorie")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="distinctions", verbose_name=_("structure")
    )
    kind = models.CharField(_("nature"), max_length=12, choices=Kind)
    rank = models.PositiveSmallIntegerField(_("rang"), null=True)
    label = models.CharField(_("intitulé"), max_length=160, blank=True)
    named = models.BooleanField(_("nommée publiquement"))
    # Of the consultation's trophy alone: what decided, as the published rule says.
    received = models.PositiveIntegerField(_("avis reçus"), null=True)
    qualified = models.PositiveIntegerField(_("avis retenus"), null=True)
    rate = models.FloatField(_("taux pour 1 000"), null=True)
    rate_of = models.CharField(_("taux de quoi"), max_length=11, choices=RateName, blank=True)

    class Meta:
        verbose_name = _("distinction")
        verbose_name_plural = _("distinctions")
        ordering = ["publication", "category__position", "kind", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "category", "organisation", "kind"], name="distinction_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_kind_display()} {self.rank or ''}".strip()


class Delivery(models.Model):
    """From this moment an organisation may read its scorecard, at its level."""

    scorecard = models.OneToOneField(
        Scorecard, on_delete=models.PROTECT, related_name="delivery", verbose_name=_("fiche de résultats")
    )
    level = models.CharField(_("niveau"), max_length=10, choices=LEVELS, default=Level.RAW)
    delivered_at = models.DateTimeField(_("remise"))
    delivered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("remise par"))

    class Meta:
        verbose_name = _("remise")
        verbose_name_plural = _("remises")
        ordering = ["-delivered_at"]

    def __str__(self) -> str:
        return f"{self.scorecard} · {self.level}"


class Order(models.Model):
    """A request for level 2 or 3: a quote, its acceptance by the organisation, its confirmation by the organiser."""

    class State(models.TextChoices):
        QUOTED = "quoted", _("devis établi")
        ACCEPTED = "accepted", _("devis accepté")
        CONFIRMED = "confirmed", _("commande confirmée")
        CANCELLED = "cancelled", _("annulée")

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="orders", verbose_name=_("inscription")
    )
    level = models.CharField(_("niveau"), max_length=10, choices=LEVELS[1:])
    number = models.CharField(_("numéro de devis"), max_length=30, unique=True)
    amount = models.DecimalField(_("prix hors taxe"), max_digits=9, decimal_places=2)
    vat_percent = models.DecimalField(_("TVA (%)"), max_digits=4, decimal_places=1)
    content = models.TextField(_("contenu"))
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.QUOTED)
    quoted_at = models.DateTimeField(_("établi"))
    quoted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("établi par"))
    accepted_on = models.DateField(_("accepté le"), null=True)
    accepted_name = models.CharField(_("accepté par"), max_length=150, blank=True)
    confirmed_at = models.DateTimeField(_("confirmée"), null=True)
    confirmed_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("confirmée par")
    )

    class Meta:
        verbose_name = _("commande")
        verbose_name_plural = _("commandes")
        ordering = ["-quoted_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, accepted_on__isnull=False),
                name="order_confirmed_after_accepted",
                violation_error_message=_("Une commande se confirme après l’acceptation du devis."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be cancelled: quoted or accepted, not confirmed yet."""
        return self.state in {self.State.QUOTED, self.State.ACCEPTED}


class Commentary(models.Model):
    """An expert's reading of one organisation's results, channel by channel, signed before it is delivered."""

    scorecard = models.ForeignKey(
        Scorecard, on_delete=models.PROTECT, related_name="commentaries", verbose_name=_("fiche de résultats")
    )
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS, blank=True)
    strengths = models.TextField(_("points forts"), blank=True)
    leads = models.TextField(_("pistes de progrès"), blank=True)
    priority = models.PositiveSmallIntegerField(_("priorité"), default=2)
    written_at = models.DateTimeField(_("rédigé"))
    written_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("rédigé par"))
    signed_at = models.DateTimeField(_("signé"), null=True)
    signed_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("signé par")
    )

    class Meta:
        verbose_name = _("commentaire d’expert")
        verbose_name_plural = _("commentaires d’expert")
        ordering = ["scorecard", "priority", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "channel"], name="commentary_once"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="commentary_signed_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard} · {self.channel or 'ensemble'}"


class ExpertAssignment(models.Model):
    """The organisations whose results an expert may read and comment."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="experts", verbose_name=_("inscription")
    )
    expert = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("expert"))
    assigned_at = models.DateTimeField(_("confiée"))
    assigned_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("confiée par"))

    class Meta:
        verbose_name = _("attribution")
        verbose_name_plural = _("attributions")
        ordering = ["enrolment"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "expert"], name="assignment_once")]

    def __str__(self) -> str:
        return f"{self.expert} → {self.enrolment}"
