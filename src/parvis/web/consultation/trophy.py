"""The words of the rates that may decide the consultation's trophy; `core.figures.trophy` says who wins."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from parvis.core.figures.trophy import Rate


class RateName(models.TextChoices):
    INHABITANTS = Rate.INHABITANTS.value, _("habitants")
    VISITS = Rate.VISITS.value, _("visites")
