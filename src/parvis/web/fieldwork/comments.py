"""What reviewers say most, in words that an observer can act upon: a few shipped, the others each edition's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from parvis.web.editions.models import Edition
from parvis.web.fieldwork.models import ReviewComment

SHIPPED = {
    "photo": _("La photo ne va pas avec la réponse : vérifiez la réponse ou joignez une autre photo."),
    "name": _("Un nom apparaît dans le texte ou sur la photo : retirez-le."),
    "contrary": _("Le commentaire dit le contraire de la réponse : corrigez l’un ou l’autre."),
    "scenario": _("Le scénario n’a pas été suivi."),
    "hours": _("Le contact a eu lieu hors des horaires d’ouverture."),
    "duplicate": _("Doublon d’une autre observation."),
}


@dataclass(frozen=True, slots=True)
class Comment:
    """One sentence of the library. `key` is its code when it is shipped, its number when it is the edition's own."""

    key: str
    text: str
    retired: bool = False


def library(edition: Edition) -> list[Comment]:
    """Every sentence, shipped ones first, those retired marked. One query."""
    rows = list(ReviewComment.objects.filter(edition=edition))
    gone = {row.code for row in rows if row.code and row.retired_at}
    shipped = [Comment(code, str(text), code in gone) for code, text in SHIPPED.items()]
    return shipped + [Comment(str(row.pk), row.text, row.retired_at is not None) for row in rows if not row.code]


def in_use(edition: Edition) -> list[Comment]:
    """What a review offers."""
    return [comment for comment in library(edition) if not comment.retired]
