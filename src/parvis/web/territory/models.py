"""Territories as the law divides them, organisations that answer for services, places where people are received.

A territory belongs to a vintage and is replaced with it: nothing points to it by key. An organisation lasts: it keeps
the kind and the code of its territory, and its facts are looked up in the vintage of each edition (`queries.facts_of`).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Kind(models.TextChoices):
    """What sort of body, as the law names it."""

    COMMUNE = "commune", _("commune")
    EPCI = "epci", _("intercommunalité")
    EPT = "ept", _("établissement public territorial")
    DEPARTEMENT = "departement", _("département")
    REGION = "region", _("région")
    OTHER = "other", _("autre organisme")


TERRITORY_KINDS = [choice for choice in Kind.choices if choice[0] != Kind.OTHER]


class Nature(models.TextChoices):
    """The legal nature of a unit, where its kind has several."""

    CC = "CC", _("communauté de communes")
    CA = "CA", _("communauté d’agglomération")
    CU = "CU", _("communauté urbaine")
    METRO = "METRO", _("métropole")
    MET69 = "MET69", _("métropole de Lyon")
    EPT = "EPT", _("établissement public territorial")
    DEPARTEMENT = "departement", _("conseil départemental")
    REGION = "region", _("conseil régional")
    UNIQUE = "unique", _("collectivité unique")
    COM = "com", _("collectivité d’outre-mer")


class Sector(models.TextChoices):
    """What an organisation that is no territory looks after."""

    HEALTH = "health", _("santé")
    SOCIAL = "social", _("social")
    EDUCATION_CULTURE = "education_culture", _("éducation et culture")
    TRANSPORT = "transport", _("transport")
    STATE = "state", _("État")
    FRANCE_SERVICES = "france_services", _("France services")
    OTHER = "other", _("autre")


class Vintage(models.Model):
    """A year of the official division, loaded once; its fingerprint tells whether the shipped tables have changed."""

    year = models.PositiveSmallIntegerField(_("millésime"), unique=True)
    fingerprint = models.CharField(_("empreinte"), max_length=64)
    units = models.PositiveIntegerField(_("nombre de territoires"))
    loaded_at = models.DateTimeField(_("chargé"))
    loaded_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("chargé par")
    )

    class Meta:
        verbose_name = _("millésime")
        verbose_name_plural = _("millésimes")
        ordering = ["-year"]

    def __str__(self) -> str:
        return f"{self.year} ({self.units})"


class Territory(models.Model):
    """One unit of the official division in one vintage."""

    vintage = models.PositiveSmallIntegerField(_("millésime"))
    kind = models.CharField(
        _("type"), max_length=12, choices=[choice for choice in Kind.choices if choice[0] != "other"]
    )
    code = models.CharField(_("code"), max_length=9)
    siren = models.CharField(_("SIREN"), max_length=9, null=True, blank=True)  # noqa: DJ001 (unknown, not empty)
    name = models.CharField(_("nom"), max_length=160)
    full_name = models.CharField(_("nom complet"), max_length=160)
    search_name = models.CharField(_("nom pour la recherche"), max_length=160)
    nature = models.CharField(_("nature juridique"), max_length=12, choices=Nature, blank=True)
    departement = models.CharField(_("département"), max_length=3, blank=True, db_index=True)
    region = models.CharField(_("région"), max_length=3, blank=True, db_index=True)
    epci = models.CharField(_("intercommunalité"), max_length=9, blank=True)
    ept = models.CharField(_("établissement public territorial"), max_length=9, blank=True)
    population = models.PositiveIntegerField(_("population municipale"), null=True, blank=True)
    members = models.PositiveIntegerField(_("nombre de communes"), default=0)
    extent = models.CharField(_("étendue"), max_length=60, blank=True)
    answered_by = models.CharField(_("collectivité compétente"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("territoire")
        verbose_name_plural = _("territoires")
        ordering = ["vintage", "kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["vintage", "kind", "code"], name="territory_once"),
            models.UniqueConstraint(
                fields=["vintage", "siren"], name="territory_siren_once", condition=Q(siren__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["vintage", "search_name"]),
            models.Index(fields=["vintage", "code"]),
            models.Index(fields=["vintage", "epci"]),
            models.Index(fields=["vintage", "kind", "population"]),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.code}, {self.vintage})"

    @property
    def is_body(self) -> bool:
        """Whether an assembly of its own answers for it; else `answered_by` says who does."""
        return not self.answered_by and self.population is not None


class FormerCommune(models.Model):
    """A code that is no commune in a vintage (merged, arrondissement…) and the commune that answers for it."""

    class Nature(models.TextChoices):
        DELEGUEE = "deleguee", _("commune déléguée")
        ASSOCIEE = "associee", _("commune associée")
        ARRONDISSEMENT = "arrondissement", _("arrondissement municipal")
        CODE = "code", _("ancien code")

    vintage = models.PositiveSmallIntegerField(_("millésime"))
    code = models.CharField(_("ancien code"), max_length=5)
    name = models.CharField(_("ancien nom"), max_length=160, blank=True)
    search_name = models.CharField(_("nom pour la recherche"), max_length=160, blank=True)
    nature = models.CharField(_("nature"), max_length=14, choices=Nature)
    present = models.CharField(_("code de la commune actuelle"), max_length=5)

    class Meta:
        verbose_name = _("ancienne commune")
        verbose_name_plural = _("anciennes communes")
        ordering = ["vintage", "code"]
        constraints = [models.UniqueConstraint(fields=["vintage", "code"], name="former_commune_once")]
        indexes = [models.Index(fields=["vintage", "search_name"])]

    def __str__(self) -> str:
        return f"{self.code} → {self.present} ({self.vintage})"


class Organisation(models.Model):
    """A body that answers for public services."""

    class Scheme(models.TextChoices):
        SIREN = "siren", _("SIREN")
        SIRET = "siret", _("SIRET")
        INSEE = "insee", _("code officiel géographique")
        OTHER = "other", _("autre identifiant")

    kind = models.CharField(_("type"), max_length=12, choices=Kind)
    scheme = models.CharField(_("sorte d’identifiant"), max_length=6, choices=Scheme)
    identifier = models.CharField(_("identifiant"), max_length=60)
    territory_code = models.CharField(_("code du territoire"), max_length=9, blank=True)
    name = models.CharField(_("nom"), max_length=200)
    search_name = models.CharField(_("nom pour la recherche"), max_length=200, db_index=True)
    nature = models.CharField(_("nature juridique"), max_length=12, choices=Nature, blank=True)
    sector = models.CharField(_("secteur"), max_length=18, choices=Sector, blank=True)
    departement = models.CharField(_("département"), max_length=3, blank=True)
    region = models.CharField(_("région"), max_length=3, blank=True)
    population = models.PositiveIntegerField(
        _("population servie"),
        null=True,
        blank=True,
        help_text=_("Seulement pour un organisme sans territoire ; les autres la tiennent du millésime."),
    )
    demonstration = models.BooleanField(
        _("fictif"), default=False, help_text=_("Structure inventée pour la démonstration, jamais un organisme réel.")
    )
    created_at = models.DateTimeField(_("créée"))
    created_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("créée par")
    )

    class Meta:
        verbose_name = _("structure")
        verbose_name_plural = _("structures")
        ordering = ["search_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "identifier"],
                name="organisation_once",
                violation_error_message=_("Une structure porte déjà cet identifiant."),
            ),
            models.CheckConstraint(
                condition=(Q(kind="other") & ~Q(sector="")) | (~Q(kind="other") & Q(sector="")),
                name="organisation_sector_if_other",
                violation_error_message=_("Le secteur se donne pour un autre organisme, et pour lui seul."),
            ),
        ]
        indexes = [models.Index(fields=["kind", "territory_code"]), models.Index(fields=["demonstration", "kind"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_scheme_display()} {self.identifier})"

    @property
    def homonym_mark(self) -> str:
        """What tells it from another of the same name: its département, or « fictif »."""
        return str(_("fictif")) if self.demonstration else self.departement

    @property
    def label(self) -> str:
        return f"{self.name} ({self.homonym_mark})" if self.homonym_mark else self.name


class PublicService(models.Model):
    """What people come for; the list ships with Parvis (`public_services.csv`)."""

    code = models.SlugField(_("code"), unique=True)
    label_fr = models.CharField(_("nom"), max_length=80)
    label_en = models.CharField(_("nom en anglais"), max_length=80)
    position = models.PositiveSmallIntegerField(_("rang d’affichage"), default=0)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return f"{self.label_fr} ({self.code})"

    @property
    def label(self) -> str:
        return self.label_en if (get_language() or "fr").startswith("en") else self.label_fr


class Place(models.Model):
    """The main site or an annexe where an organisation receives people."""

    class Kind(models.TextChoices):
        MAIN = "main", _("site principal")
        ANNEXE = "annexe", _("site annexe")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="places", verbose_name=_("structure")
    )
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(_("sorte de site"), max_length=6, choices=Kind, default=Kind.MAIN)
    name = models.CharField(_("nom"), max_length=160)
    address = models.CharField(_("adresse"), max_length=250, blank=True)
    postcode = models.CharField(_("code postal"), max_length=10, blank=True)
    city = models.CharField(_("ville"), max_length=100, blank=True)
    opening_hours = models.JSONField(
        _("horaires"),
        default=dict,
        blank=True,
        help_text=_("Par jour (mon … sun), les plages d’ouverture, par exemple 08:30–12:00."),
    )
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    website = models.URLField(_("site internet"), blank=True)
    services = models.ManyToManyField(PublicService, blank=True, related_name="places", verbose_name=_("services"))
    is_active = models.BooleanField(_("ouvert au public"), default=True)
    created_at = models.DateTimeField(_("créé"))
    created_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("créé par")
    )

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["organisation", "-kind", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="place_code_once",
                violation_error_message=_("Cette structure a déjà un site de ce code."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Membership(models.Model):
    """A person's tie to an organisation. Once withdrawn the row goes and the journal keeps the trace."""

    class Role(models.TextChoices):
        LEAD = "lead", _("responsable")
        MEMBER = "member", _("membre")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("structure")
    )
    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("personne"))
    role = models.CharField(_("rôle"), max_length=6, choices=Role, default=Role.MEMBER)
    granted_at = models.DateTimeField(_("accordé"))
    granted_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("accordé par")
    )

    class Meta:
        verbose_name = _("appartenance")
        verbose_name_plural = _("appartenances")
        ordering = ["organisation", "role", "person"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.organisation_id}"
