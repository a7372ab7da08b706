"""The quote for level 2 or 3, on one page that an organisation can sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from parvis.rendering import paper, words

CENT = Decimal("0.01")
DEMONSTRATION = {"fr": "DÉMONSTRATION – données fictives", "en": "DEMONSTRATION – invented data"}
_WORDS = {
    "fr": {
        "title": "Devis {number}", "for": "Pour {organisation}", "what": "Prestation", "price": "Prix hors taxe",
        "vat": "TVA ({percent} %)", "total": "Total à payer", "amount": "Montant", "on": "Établi le {day}",
        "accept": "Bon pour accord : date, nom, fonction et signature", "edition": "Parvis – {edition}",
    },
    "en": {
        "title": "Quote {number}", "for": "For {organisation}", "what": "Service", "price": "Price without tax",
        "vat": "VAT ({percent}%)", "total": "Total to pay", "amount": "Amount", "on": "Issued on {day}",
        "accept": "Agreed: date, name, position and signature", "edition": "Parvis – {edition}",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quote:
    """What is offered, to whom, for how much. Amounts in euros, without tax."""

    number: str
    edition: str
    organisation: str
    level: str
    content: str
    amount: Decimal
    vat_percent: Decimal
    quoted_on: date
    demonstration: bool = False

    @property
    def vat(self) -> Decimal:
        """The tax, rounded half up to the cent.

        >>> Quote("D", "E", "O", "L", "", Decimal("1200"), Decimal("20"), date(2026, 1, 1)).vat
        Decimal('240.00')
        """
        return (self.amount * self.vat_percent / 100).quantize(CENT, ROUND_HALF_UP)

    @property
    def total(self) -> Decimal:
        return (self.amount + self.vat).quantize(CENT, ROUND_HALF_UP)


def quote_pdf(quote: Quote, *, language: str = "fr") -> bytes:
    """The quote as a PDF/UA-1 page; equal quotes give equal bytes."""
    language = words.language_of(language)
    said = _WORDS[language]
    title = said["title"].format(number=quote.number)
    percent = words.number(float(quote.vat_percent), 1 if quote.vat_percent % 1 else 0, language)
    rows = [
        [said["what"], said["amount"]],
        [f"{quote.level} – {quote.content}", _euros(quote.amount, language)],
        [said["vat"].format(percent=percent), _euros(quote.vat, language)],
        [said["total"], _euros(quote.total, language)],
    ]
    data: dict[str, Any] = {
        "title": f"{title} – {quote.organisation}",
        "language": language,
        "edition_label": said["edition"].format(edition=quote.edition),
        "heading": title,
        "lead": said["for"].format(organisation=quote.organisation),
        "on": said["on"].format(day=words.day(quote.quoted_on, language)),
        "rows": rows,
        "accept": said["accept"],
        "foot": f"Parvis, {quote.number}",
    }
    if quote.demonstration:
        data["demonstration"] = DEMONSTRATION[language]
    return paper.pdf("quote", data)


def _euros(amount: Decimal, language: str) -> str:
    said = words.number(float(amount), 2, language)
    return f"€{said}" if language == "en" else f"{said} €"
