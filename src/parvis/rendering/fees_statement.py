"""What a mystery citizen is owed for an edition, mission by mission, as a paper for the accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from parvis.core.vocabulary import Channel
from parvis.rendering import paper, words

DEMONSTRATION = {"fr": "DÉMONSTRATION – données fictives", "en": "DEMONSTRATION – invented data"}
_WORDS = {
    "fr": {
        "title": "Relevé d’indemnités et de frais", "edition": "Parvis – {edition}", "on": "Établi le {day}",
        "who": "{name} ({pseudonym})", "mission": "Mission", "day": "Jour", "channel": "Canal",
        "fee": "Indemnité", "expenses": "Frais acceptés", "due": "Dû", "total": "Total dû",
        "waiting": "En attente de décision : {amount}. Ce montant n’est pas compris dans le total.",
        "nothing": "Rien n’est dû pour cette édition.",
        "rule": "Une indemnité est due quand le rapport est approuvé, quelle qu’ait été l’issue du contact ; "
                "des frais, quand l’organisateur les a acceptés.",
    },
    "en": {
        "title": "Statement of fees and expenses", "edition": "Parvis – {edition}", "on": "Issued on {day}",
        "who": "{name} ({pseudonym})", "mission": "Mission", "day": "Day", "channel": "Channel",
        "fee": "Fee", "expenses": "Accepted expenses", "due": "Due", "total": "Total due",
        "waiting": "Waiting for a decision: {amount}. It is not part of the total.",
        "nothing": "Nothing is due for this edition.",
        "rule": "A fee is due once the report is approved, however the contact ended; expenses, once the organiser "
                "accepted them.",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One mission: euros due for the report and for accepted expenses, and what waits for a decision."""

    mission: str
    on: date | None
    channel: Channel
    fee: Decimal
    expenses: Decimal
    waiting: Decimal

    @property
    def due(self) -> Decimal:
        return self.fee + self.expenses


@dataclass(frozen=True, slots=True)
class FeesStatement:
    """Who is owed what for an edition."""

    edition: str
    name: str
    pseudonym: str
    lines: Sequence[Line]
    issued_on: date
    demonstration: bool = False

    @property
    def due(self) -> Decimal:
        """The sum of what is due, in euros.

        >>> line = Line("M1", None, Channel.PHONE, Decimal("5"), Decimal("1.20"), Decimal("3"))
        >>> FeesStatement("E", "N", "P", [line, line], date(2026, 1, 1)).due
        Decimal('12.40')
        """
        return sum((line.due for line in self.lines), Decimal(0))

    @property
    def waiting(self) -> Decimal:
        return sum((line.waiting for line in self.lines), Decimal(0))


def fees_statement_pdf(statement: FeesStatement, *, language: str = "fr") -> bytes:
    """The statement as PDF/UA-1; equal statements give equal bytes. Missions where nothing is due are left out."""
    language = words.language_of(language)
    said = _WORDS[language]
    due = [line for line in statement.lines if line.due]
    heads = [said[name] for name in ("mission", "day", "channel", "fee", "expenses", "due")]
    rows = [
        [line.mission, words.day(line.on, language), words.label(line.channel, language),
         euros(line.fee, language), euros(line.expenses, language), euros(line.due, language)]
        for line in due
    ]  # fmt: skip
    data: dict[str, Any] = {
        "title": f"{said['title']} – {statement.pseudonym}",
        "language": language,
        "edition_label": said["edition"].format(edition=statement.edition),
        "heading": said["title"],
        "lead": said["who"].format(name=statement.name, pseudonym=statement.pseudonym),
        "on": said["on"].format(day=words.day(statement.issued_on, language)),
        "rows": [heads, *rows] if rows else [],
        "total": [said["total"], euros(statement.due, language)] if rows else [said["nothing"], ""],
        "notes": [said["rule"]],
        "foot": f"Parvis, {statement.pseudonym}",
    }
    if statement.waiting:
        data["notes"].insert(0, said["waiting"].format(amount=euros(statement.waiting, language)))
    if statement.demonstration:
        data["demonstration"] = DEMONSTRATION[language]
    return paper.pdf("fees_statement", data)


def euros(amount: Decimal, language: str = "fr") -> str:
    """An amount as people read it.

    >>> euros(Decimal("5"), "en")
    '€5.00'
    """
    said = words.number(float(amount), 2, language)
    return f"€{said}" if language == "en" else f"{said}\u00a0€"
