"""One account for each role of the demonstration. Invented data only, hence a password that everyone may know."""

from __future__ import annotations

PASSWORD = "parvis-demonstration"  # noqa: S105 - public on purpose
DOMAIN = "parvis.example"

ROLES = {
    "organiser": ("Organisateur · organiser", "Camille Organisatrice"),
    "lead": ("Responsable de structure · organisation lead", "Dominique Responsable"),
    "member": ("Membre de structure · organisation member", "Maxime Membre"),
    "observer": ("Citoyen-mystère · mystery citizen", "Alix Observatrice"),
    "expert": ("Expert · expert", "Claude Experte"),
    "jury": ("Jury · jury member", "Sacha Jurée"),
}


def email_of(role: str) -> str:
    return f"{role}@{DOMAIN}"


def logins() -> list[tuple[str, str, str]]:
    """(role in both languages, e-mail, password) for each account that people may try."""
    return [(label, email_of(role), PASSWORD) for role, (label, _) in ROLES.items()]
