"""An edition of the barometer: its method, calendar, categories, instruments, seats and enrolments."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from parvis.core.contacts.delays import SILENCE_AFTER
from parvis.core.vocabulary import Channel, Level
from parvis.web.territory.models import Organisation, Place

PERSON = settings.AUTH_USER_MODEL

CHANNELS = [
    (Channel.PHONE, _("téléphone")),
    (Channel.EMAIL, _("courriel")),
    (Channel.LETTER, _("courrier")),
    (Channel.VISIT, _("visite")),
    (Channel.WEBSITE, _("site internet")),
    (Channel.SOCIAL, _("réseaux sociaux")),
]
LEVELS = [(Level.RAW, _("résultats bruts")), (Level.ANALYSED, _("analyse")), (Level.AUDIT, _("audit"))]


def all_channels() -> list[str]:
    return [str(channel) for channel in Channel]


def usual_silence() -> dict[str, int]:
    return {str(channel): days for channel, days in SILENCE_AFTER.items()}


class Edition(models.Model):
    """One dated run of the barometer. Its method never changes once it is frozen."""

    class State(models.TextChoices):
        DRAFT = "draft", _("en préparation")
        ENROLMENT = "enrolment", _("inscriptions")
        FIELDWORK = "fieldwork", _("terrain")
        REVIEW = "review", _("relecture")
        FROZEN = "frozen", _("figée")
        PUBLISHED = "published", _("publiée")

    class Origin(models.TextChoices):
        FIELDWORK = "fieldwork", _("terrain de Parvis")
        IMPORTED = "imported", _("données importées")

    slug = models.SlugField(_("adresse"), unique=True)
    year = models.PositiveSmallIntegerField(_("année"))
    name_fr = models.CharField(_("nom"), max_length=120)
    name_en = models.CharField(_("nom en anglais"), max_length=120)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.DRAFT)
    origin = models.CharField(_("origine des données"), max_length=10, choices=Origin, default=Origin.FIELDWORK)
    demonstration = models.BooleanField(_("démonstration"), default=False)
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("édition précédente")
    )
    vintage = models.PositiveSmallIntegerField(_("millésime des territoires"))
    channels = models.JSONField(_("canaux"), default=all_channels)
    contact_plan = models.JSONField(_("contacts prévus par site"), default=dict)  # channel -> number
    silence_after = models.JSONField(_("jours ouvrés avant un silence"), default=usual_silence)  # channel -> number
    method = models.CharField(_("méthode"), max_length=40)
    method_text = models.TextField(_("texte de la méthode"))
    method_sha256 = models.CharField(_("empreinte de la méthode"), max_length=64)
    seed = models.BigIntegerField(_("graine des tirages"))
    created_at = models.DateTimeField(_("créée"))
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("créée par"))
    instruments_frozen_at = models.DateTimeField(_("instruments figés"), null=True)
    instruments_frozen_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("instruments figés par")
    )

    class Meta:
        verbose_name = _("édition")
        verbose_name_plural = _("éditions")
        ordering = ["-year", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(instruments_frozen_at__isnull=True, instruments_frozen_by__isnull=True)
                | Q(instruments_frozen_at__isnull=False, instruments_frozen_by__isnull=False),
                name="edition_frozen_pair",
            )
        ]

    def __str__(self) -> str:
        return self.name_fr

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "fr").startswith("en") else self.name_fr

    @property
    def silences(self) -> list[tuple[str, int]]:
        """The channels of the edition on which an answer is awaited for days, and for how many working ones."""
        return [(channel, days) for channel, days in self.silence_after.items() if channel in self.channels]


class CalendarDate(models.Model):
    """A period or day of an edition's calendar. A changed date is a new version; the old ones stay."""

    class Kind(models.TextChoices):
        ENROLMENT = "enrolment", _("inscriptions")
        FIELDWORK = "fieldwork", _("terrain")
        CONSULTATION = "consultation", _("consultation en ligne")
        RESULTS = "results", _("remise des résultats")
        APPEALS = "appeals", _("contestations")
        CEREMONY = "ceremony", _("remise des trophées")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="dates", verbose_name=_("édition"))
    kind = models.CharField(_("étape"), max_length=14, choices=Kind)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    starts_on = models.DateField(_("début"))
    ends_on = models.DateField(_("fin"))
    reason = models.CharField(_("raison du changement"), max_length=200, blank=True)
    announced_at = models.DateTimeField(_("annoncée"))
    announced_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("annoncée par"))

    class Meta:
        verbose_name = _("date du calendrier")
        verbose_name_plural = _("calendrier")
        ordering = ["starts_on", "kind", "version"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "kind", "version"], name="calendar_version_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="calendar_in_order",
                violation_error_message=_("La fin doit venir après le début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.kind} v{self.version}: {self.starts_on} – {self.ends_on}"


class Category(models.Model):
    """Organisations that compare with each other in an edition; its rule decides, nobody types it."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="categories", verbose_name=_("édition"))
    code = models.SlugField(_("code"))
    label_fr = models.CharField(_("nom"), max_length=120)
    label_en = models.CharField(_("nom en anglais"), max_length=120)
    position = models.PositiveSmallIntegerField(_("rang d’affichage"))
    # {"kinds": [...], "population_min": 2000, "population_max": 9999, "sectors": [...]}, absent keys do not restrict
    rule = models.JSONField(_("règle"))

    class Meta:
        verbose_name = _("catégorie")
        verbose_name_plural = _("catégories")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="category_code_once")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.code}"

    @property
    def label(self) -> str:
        return self.label_en if (get_language() or "fr").startswith("en") else self.label_fr


class Instrument(models.Model):
    """A grid or the citizens' questionnaire in force in an edition: the file as given and its compiled form."""

    CITIZEN = "citizen"

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="instruments", verbose_name=_("édition")
    )
    channel = models.CharField(_("canal"), max_length=10, choices=[*CHANNELS, (CITIZEN, _("consultation"))])
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    file_name = models.CharField(_("fichier"), max_length=120)
    source = models.BinaryField(_("contenu"))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    compiled = models.JSONField(_("forme compilée"))
    uploaded_at = models.DateTimeField(_("déposée"))
    uploaded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("déposée par"))

    class Meta:
        verbose_name = _("grille")
        verbose_name_plural = _("grilles")
        ordering = ["channel", "-version"]
        constraints = [models.UniqueConstraint(fields=["edition", "channel", "version"], name="instrument_once")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.channel} v{self.version}"


class Price(models.Model):
    """What level 2 or 3 costs in an edition. Level 1 is free."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="prices", verbose_name=_("édition"))
    level = models.CharField(_("niveau"), max_length=10, choices=LEVELS[1:])
    amount = models.DecimalField(_("prix hors taxe"), max_digits=9, decimal_places=2)
    vat_percent = models.DecimalField(_("TVA (%)"), max_digits=4, decimal_places=1, default=20)
    content = models.TextField(_("contenu"))

    class Meta:
        verbose_name = _("prix")
        verbose_name_plural = _("prix")
        ordering = ["edition", "amount"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "level"], name="price_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.level}: {self.amount} €"


class Seat(models.Model):
    """A person's role in an edition: organiser, expert or jury member."""

    class Role(models.TextChoices):
        ORGANISER = "organiser", _("organisateur")
        EXPERT = "expert", _("expert")
        JURY = "jury", _("membre du jury")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="seats", verbose_name=_("édition"))
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="seats", verbose_name=_("personne"))
    role = models.CharField(_("rôle"), max_length=10, choices=Role)
    granted_at = models.DateTimeField(_("donné"))
    granted_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("donné par")
    )

    class Meta:
        verbose_name = _("siège")
        verbose_name_plural = _("sièges")
        ordering = ["edition", "role", "person"]
        constraints = [models.UniqueConstraint(fields=["edition", "person", "role"], name="seat_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.role} {self.edition_id}"


class Enrolment(models.Model):
    """An organisation in an edition: its perimeter, level, consents, and the proof that staff were informed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("à compléter")
        SUBMITTED = "submitted", _("envoyée")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")
        WITHDRAWN = "withdrawn", _("retirée")

    class Origin(models.TextChoices):
        ENROLLED = "enrolled", _("inscrite")
        PANEL = "panel", _("tirée dans le panel")
        IMPORTED = "imported", _("importée")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("édition"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("structure")
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="enrolments", verbose_name=_("catégorie")
    )
    origin = models.CharField(_("origine"), max_length=10, choices=Origin, default=Origin.ENROLLED)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.DRAFT)
    level = models.CharField(_("niveau de remise"), max_length=10, choices=LEVELS, default=Level.RAW)
    absent_channels = models.JSONField(_("canaux qui n’existent pas"), default=list)
    consent_named = models.BooleanField(_("accord pour être nommée si lauréate"), null=True)
    staff_informed_on = models.DateField(_("agents informés le"), null=True)
    staff_proof = models.FileField(_("preuve de l’information"), upload_to="staff_proofs/", blank=True)
    created_at = models.DateTimeField(_("commencée"))
    created_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("commencée par"))
    submitted_at = models.DateTimeField(_("envoyée"), null=True)
    submitted_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("envoyée par")
    )
    decided_at = models.DateTimeField(_("décidée"), null=True)
    decided_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("décidée par")
    )
    decision_reason = models.CharField(_("raison de la décision"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("inscription")
        verbose_name_plural = _("inscriptions")
        ordering = ["edition", "organisation__name"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "organisation"], name="enrolment_once"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="enrolment_submitted_pair",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="enrolment_decided_pair",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True)
                | Q(decided_at__gte=F("submitted_at"))
                | Q(submitted_at__isnull=True),
                name="enrolment_decided_after_submitted",
                violation_error_message=_("Une inscription se décide après son envoi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.edition_id}"

    @property
    def channels(self) -> list[str]:
        """The channels measured for this organisation: the edition's, less those that it does not have."""
        return [channel for channel in self.edition.channels if channel not in self.absent_channels]


class EnrolledPlace(models.Model):
    """A place that an organisation puts in the perimeter of an edition."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="places", verbose_name=_("inscription")
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="enrolled", verbose_name=_("site"))
    weight = models.FloatField(_("poids"), default=1.0)

    class Meta:
        verbose_name = _("site inscrit")
        verbose_name_plural = _("sites inscrits")
        ordering = ["enrolment", "place"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "place"], name="enrolled_place_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="enrolled_place_weight_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.place} · {self.enrolment_id}"
