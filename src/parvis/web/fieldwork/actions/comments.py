"""The comment library of an edition: sentences are added and retired; what was said to observers stays as it was."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import steering_refusals
from parvis.web.fieldwork.comments import SHIPPED, library
from parvis.web.fieldwork.models import ReviewComment
from parvis.web.people.actions import journal
from parvis.web.people.models import Person


@transaction.atomic
def add_comment(edition: Edition, *, text: str, by: Person, at: datetime) -> ReviewComment:
    """Add a sentence; one that was retired comes back."""
    said = " ".join(text.split())
    if not said or said in {comment.text for comment in library(edition) if not comment.retired}:
        raise ParvisError(steering_refusals.COMMENT_KNOWN)
    code = next((code for code, shipped in SHIPPED.items() if str(shipped) == said), "")
    which = {"code": code} if code else {"code": "", "text": said}
    comment, created = ReviewComment.objects.get_or_create(
        edition=edition, **which, defaults={"text": said, "written_at": at, "written_by": by}
    )
    if not created:
        comment.retired_at = comment.retired_by = None
        comment.save(update_fields=["retired_at", "retired_by"])
    journal(verb="comment.added", subject=comment, by=by, at=at, edition=edition.slug)
    return comment


@transaction.atomic
def retire_comment(edition: Edition, *, key: str, by: Person, at: datetime) -> ReviewComment:
    """Offer a sentence no more; shipped ones can be retired too, for one edition."""
    if key in SHIPPED:
        given = {"text": str(SHIPPED[key]), "written_at": at, "written_by": by}
        comment, _ = ReviewComment.objects.get_or_create(edition=edition, code=key, defaults=given)
    else:
        found = ReviewComment.objects.filter(edition=edition, code="", pk=key if key.isdecimal() else None).first()
        if found is None:
            raise ParvisError(steering_refusals.COMMENT_UNKNOWN)
        comment = found
    comment.retired_at, comment.retired_by = at, by
    comment.save(update_fields=["retired_at", "retired_by"])
    journal(verb="comment.retired", subject=comment, by=by, at=at, edition=edition.slug)
    return comment
