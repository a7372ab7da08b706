"""Where citizens come in: each poster, link, banner or kiosk of a body, counted apart."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import Edition
from parvis.web.territory.models import Organisation, Place

PERSON = settings.AUTH_USER_MODEL


class EntryPoint(models.Model):
    """One way in. Its code stands on paper and in addresses, so it never changes and is never used twice."""

    class Kind(models.TextChoices):
        QR = "qr", _("code QR")
        LINK = "link", _("lien")
        BANNER = "banner", _("bannière")
        EMBED = "embed", _("formulaire intégré")
        KIOSK = "kiosk", _("borne")
        PAPER = "paper", _("papier")
        SEARCH = "search", _("recherche sur le site")

    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="entry_points", verbose_name=_("édition")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="entry_points", verbose_name=_("structure")
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="entry_points", verbose_name=_("site")
    )
    kind = models.CharField(_("sorte"), max_length=6, choices=Kind)
    code = models.CharField(_("code"), max_length=12, unique=True)
    opened_on = models.DateField(_("ouvert le"))
    # For a kiosk: {"from": "08:30", "to": "17:30", "idle_seconds": 45}
    hours = models.JSONField(_("horaires et remise à zéro de la borne"), default=dict, blank=True)

    class Meta:
        verbose_name = _("point d’entrée")
        verbose_name_plural = _("points d’entrée")
        ordering = ["edition", "organisation", "place", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "organisation", "place", "kind"],
                name="entry_point_once",
                violation_error_message=_("Ce point d’entrée existe déjà."),
            ),
            models.UniqueConstraint(  # two absent places are not equal for a database: they need a rule of their own
                fields=["edition", "organisation", "kind"],
                condition=models.Q(place__isnull=True),
                name="entry_point_of_body_once",
                violation_error_message=_("Ce point d’entrée existe déjà."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code} ({self.organisation_id})"


class EntryPointDay(models.Model):
    """How many opened, started and completed the questionnaire through an entry point on one day."""

    entry_point = models.ForeignKey(
        EntryPoint, on_delete=models.CASCADE, related_name="days", verbose_name=_("point d’entrée")
    )
    day = models.DateField(_("jour"))
    opened = models.PositiveIntegerField(_("ouvertures"), default=0)
    started = models.PositiveIntegerField(_("réponses commencées"), default=0)
    completed = models.PositiveIntegerField(_("réponses terminées"), default=0)

    class Meta:
        verbose_name = _("jour d’un point d’entrée")
        verbose_name_plural = _("jours des points d’entrée")
        ordering = ["entry_point", "day"]
        constraints = [models.UniqueConstraint(fields=["entry_point", "day"], name="entry_point_day_once")]

    def __str__(self) -> str:
        return f"{self.entry_point_id} {self.day}: {self.opened}/{self.started}/{self.completed}"


class EditionDay(models.Model):
    """The same counts through all the entry points of an edition, on a day that is over: added up once a night.

    A live total reads one row a day of these, and counts the entry points' own of the days since. Who answers writes
    none: one row that everybody adds to would make them wait for one another.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="days", verbose_name=_("édition"))
    day = models.DateField(_("jour"))
    opened = models.PositiveIntegerField(_("ouvertures"), default=0)
    started = models.PositiveIntegerField(_("réponses commencées"), default=0)
    completed = models.PositiveIntegerField(_("réponses terminées"), default=0)

    class Meta:
        verbose_name = _("jour")
        ordering = ["edition", "day"]
        constraints = [models.UniqueConstraint(fields=["edition", "day"], name="edition_day_once")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.day}: {self.opened}/{self.started}/{self.completed}"


class Network(models.Model):
    """An address range that a body declares: the one its visitors share, or the one its staff use."""

    class Kind(models.TextChoices):
        HALL = "hall", _("réseau ouvert au public")
        STAFF = "staff", _("réseau des agents")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="networks", verbose_name=_("édition"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="networks", verbose_name=_("structure")
    )
    kind = models.CharField(_("sorte"), max_length=5, choices=Kind)
    addresses = models.CharField(_("adresses"), max_length=43, help_text=_("Par exemple 192.0.2.0/28."))
    declared_at = models.DateTimeField(_("déclaré"))
    declared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("déclaré par"))

    class Meta:
        verbose_name = _("réseau déclaré")
        verbose_name_plural = _("réseaux déclarés")
        ordering = ["edition", "organisation", "kind", "addresses"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "organisation", "kind", "addresses"],
                name="network_once",
                violation_error_message=_("Ce réseau est déjà déclaré."),
            ),
            models.CheckConstraint(condition=~Q(addresses=""), name="network_has_addresses"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.addresses} ({self.organisation_id})"
