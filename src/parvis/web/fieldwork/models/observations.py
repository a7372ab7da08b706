"""What observers bring back: the filled grid as given, its timeline of events, its pieces of evidence."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.core.vocabulary import Outcome
from parvis.web.editions.models import CHANNELS, Edition, Enrolment, Instrument
from parvis.web.fieldwork.models.missions import Mission, Scenario
from parvis.web.fieldwork.models.observers import Observer
from parvis.web.territory.models import Place

PERSON = settings.AUTH_USER_MODEL
HALF_DAYS = [("am", _("matin")), ("pm", _("après-midi"))]
OUTCOMES = [
    (Outcome.REACHED, _("contact abouti")),
    (Outcome.NOT_REACHED, _("contact non abouti")),
    (Outcome.OUR_FAILURE, _("échec de notre fait")),
]


class Draft(models.Model):
    """A grid being filled on the site, one stage a screen; it leaves when the report is sent."""

    mission = models.OneToOneField(Mission, on_delete=models.CASCADE, related_name="draft", verbose_name=_("mission"))
    uuid = models.UUIDField(_("identifiant du rapport"))
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+", verbose_name=_("grille"))
    answers = models.JSONField(_("réponses"), default=dict)
    contact = models.JSONField(_("contact"), default=dict)  # outcome, day, half-day
    saved_at = models.DateTimeField(_("gardé"))
    saved_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("gardé par"))

    class Meta:
        verbose_name = _("brouillon")
        verbose_name_plural = _("brouillons")
        ordering = ["mission"]

    def __str__(self) -> str:
        return f"{self.mission_id} {self.uuid}"


class Observation(models.Model):
    """The filled grid of a contact, as given. Nothing derived is kept here; nothing goes before its time is over."""

    class State(models.TextChoices):
        OPEN = "open", _("en attente de réponse")  # a letter or an e-mail has left; the case goes on
        RECEIVED = "received", _("reçue")
        IN_REVIEW = "in_review", _("en relecture")
        TO_REVISE = "to_revise", _("à revoir")
        APPROVED = "approved", _("approuvée")
        EXCLUDED = "excluded", _("écartée")

    class Origin(models.TextChoices):
        APP = "app", _("application")
        ODK = "odk", _("ODK Collect")
        IMPORT = "import", _("import")
        PAPER = "paper", _("papier")

    uuid = models.UUIDField(_("identifiant"), unique=True)
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="observations", verbose_name=_("édition")
    )
    mission = models.OneToOneField(
        Mission, on_delete=models.PROTECT, null=True, related_name="observation", verbose_name=_("mission")
    )
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="observations", verbose_name=_("inscription")
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="observations", verbose_name=_("site"))
    channel = models.CharField(_("canal"), max_length=10, choices=CHANNELS)
    observer = models.ForeignKey(
        Observer, on_delete=models.PROTECT, null=True, related_name="observations", verbose_name=_("citoyen-mystère")
    )
    visitor = models.CharField(_("visiteur (données importées)"), max_length=40, blank=True)
    scenario = models.ForeignKey(
        Scenario, on_delete=models.PROTECT, null=True, related_name="observations", verbose_name=_("scénario")
    )
    instrument = models.ForeignKey(
        Instrument, on_delete=models.PROTECT, related_name="observations", verbose_name=_("grille")
    )
    answers = models.JSONField(_("réponses"), default=dict)
    outcome = models.CharField(_("issue"), max_length=12, choices=OUTCOMES)
    happened_on = models.DateField(_("jour"))
    half_day = models.CharField(_("demi-journée"), max_length=2, choices=HALF_DAYS)
    started = models.DateTimeField(_("début selon l’appareil"), null=True)
    ended = models.DateTimeField(_("fin selon l’appareil"), null=True)
    timeline = models.JSONField(_("moments notés par l’appareil"), default=dict)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.RECEIVED)
    double_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="doubles", verbose_name=_("double codage de")
    )
    origin = models.CharField(_("origine"), max_length=8, choices=Origin, default=Origin.APP)
    screened = models.DateTimeField(_("passée aux contrôles automatiques"), null=True)
    received_at = models.DateTimeField(_("reçue"))
    received_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("reçue de"))

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(fields=["edition", "state", "channel"]),
            models.Index(fields=["edition", "state", "received_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(mission__isnull=False) | Q(origin="import") | Q(double_of__isnull=False),
                name="observation_has_mission",
                violation_error_message=_("Une observation vient d’une mission, sauf si elle est importée."),
            ),
            models.CheckConstraint(
                condition=Q(started__isnull=True) | Q(ended__isnull=True) | Q(ended__gte=F("started")),
                name="observation_times_in_order",
                violation_error_message=_("La fin du contact doit venir après son début."),
            ),
            models.CheckConstraint(
                condition=~Q(double_of=F("pk")),
                name="observation_not_its_own_double",
                violation_error_message=_("Une observation n’est pas son propre double."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.happened_on} {self.uuid}"


class Event(models.Model):
    """A dated fact of a letter's or an e-mail's life: sent, acknowledged, answered, or silence at the limit."""

    class Kind(models.TextChoices):
        SENT = "sent", _("envoi")
        ACKNOWLEDGED = "acknowledged", _("accusé de réception")
        TRANSFERRED = "transferred", _("transfert à un autre service")
        REMINDER = "reminder", _("relance")
        PARTIAL_ANSWER = "partial_answer", _("réponse partielle")
        ANSWERED = "answered", _("réponse")
        AUTO_REPLY = "auto_reply", _("réponse automatique")
        BOUNCE = "bounce", _("message non remis")
        SILENCE = "silence", _("silence constaté")

    observation = models.ForeignKey(
        Observation, on_delete=models.PROTECT, related_name="events", verbose_name=_("observation")
    )
    kind = models.CharField(_("événement"), max_length=14, choices=Kind)
    on = models.DateField(_("le"))
    detail = models.CharField(_("détail"), max_length=300, blank=True)
    noted_at = models.DateTimeField(_("noté"))
    noted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("noté par"))

    class Meta:
        verbose_name = _("événement")
        verbose_name_plural = _("événements")
        ordering = ["observation", "on", "pk"]

    def __str__(self) -> str:
        return f"{self.observation_id} {self.kind} {self.on}"


class Evidence(models.Model):
    """A photo, a mail or a scan attached to an observation; shown to an organisation only once names are masked."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("photo")
        MAIL = "mail", _("courriel")
        SCAN = "scan", _("document numérisé")

    observation = models.ForeignKey(
        Observation, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("observation")
    )
    kind = models.CharField(_("nature"), max_length=8, choices=Kind)
    question = models.CharField(_("question"), max_length=80, blank=True)
    file = models.FileField(_("fichier"), upload_to="evidence/")
    sha256 = models.CharField(_("empreinte"), max_length=64)
    look = models.CharField(_("empreinte visuelle"), max_length=16, blank=True)  # close for photos that look the same
    masked = models.BooleanField(_("noms masqués"), default=False)
    added_at = models.DateTimeField(_("ajoutée"))
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("ajoutée par"))

    class Meta:
        verbose_name = _("pièce")
        verbose_name_plural = _("pièces")
        ordering = ["observation", "pk"]
        constraints = [models.UniqueConstraint(fields=["observation", "sha256"], name="evidence_once")]

    def __str__(self) -> str:
        return f"{self.observation_id} {self.kind} {self.sha256[:12]}"
