"""What accounts and the journal ask once a day."""

from __future__ import annotations

from datetime import datetime

from parvis.web.people.retention import forget_old_work


def forget_what_is_over(at: datetime) -> None:
    """Ended work, letters that left, sessions that are over, lines of the journal past their time."""
    forget_old_work(at=at)
