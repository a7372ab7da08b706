"""What fieldwork does once a day."""

from __future__ import annotations

from datetime import datetime

from parvis.web.editions.models import Edition
from parvis.web.fieldwork.actions import end_offers


def end_late_offers(at: datetime) -> None:
    """Missions offered and never accepted go back to the plan once their offer is over."""
    for edition in Edition.objects.filter(state=Edition.State.FIELDWORK):
        end_offers(edition, by=None, at=at)
