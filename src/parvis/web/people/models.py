"""People with an account, and the journal of who saw and changed what."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Someone with an account. Citizens never have one.

    What a person may do comes from seats, memberships and the observer's file, never from a flag here.
    """

    email = models.EmailField(_("adresse électronique"), unique=True)
    name = models.CharField(_("nom"), max_length=150, blank=True)
    language = models.CharField(
        _("langue"), max_length=5, choices=[("fr", "français"), ("en", "English")], default="fr"
    )
    demonstration = models.BooleanField(_("compte de démonstration"), default=False)
    is_active = models.BooleanField(_("actif"), default=True)
    joined_at = models.DateTimeField(_("arrivée"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    objects = PersonManager()

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        ordering = ["email"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)


class JournalEntry(models.Model):
    """One line of the journal: written in the same transaction as what it tells, never changed afterwards."""

    at = models.DateTimeField(_("moment"), db_index=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="journal", verbose_name=_("par"))
    verb = models.CharField(_("acte"), max_length=60)
    subject = models.CharField(_("objet"), max_length=80)  # app.Model:pk
    edition = models.CharField(_("édition"), max_length=40, blank=True)
    detail = models.JSONField(_("détail"), default=dict)

    class Meta:
        verbose_name = _("ligne du journal")
        verbose_name_plural = _("journal")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject"]), models.Index(fields=["edition", "-at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.subject}"
