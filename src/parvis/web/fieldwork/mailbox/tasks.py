"""What the mailbox does by itself."""

from __future__ import annotations

from datetime import datetime

from parvis.web.fieldwork.mailbox.fetching import fetch, take_turn


def fetch_mail(at: datetime) -> None:
    """Every five minutes, read what came; nothing where there is no mailbox."""
    if take_turn(at):
        fetch(at=at)
