"""Pieces attached to a report: kept once each, known by their fingerprint, never shown unmasked to an organisation."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork import refusals
from parvis.web.fieldwork.models import Evidence, Observation
from parvis.web.people.actions import journal
from parvis.web.people.models import Person

LARGEST = 15 * 1024 * 1024  # bytes; the app sends far less, a form without script sends the phone's own photo
IMAGES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


@transaction.atomic
def add_photo(observation: Observation, *, file: File, by: Person, at: datetime, question: str = "") -> Evidence:
    """Attach a photo. The same photo twice is one piece; what is no image, or is too large, is refused."""
    if file.size is not None and file.size > LARGEST:
        raise ParvisError(refusals.PHOTO_TOO_LARGE)
    content = file.read()
    extension = _extension(content)
    sha256 = hashlib.sha256(content).hexdigest()
    found = Evidence.objects.filter(observation=observation, sha256=sha256).first()
    if found is not None:
        return found
    piece = Evidence(
        observation=observation, kind=Evidence.Kind.PHOTO, question=question, sha256=sha256, added_at=at, added_by=by
    )
    piece.file.save(f"{sha256}.{extension}", ContentFile(content), save=False)
    piece.save()
    journal(verb="evidence.added", subject=piece, by=by, at=at, edition=observation.edition.slug)
    return piece


def _extension(content: bytes) -> str:
    """The kind of image, read from its content and never from its name."""
    try:
        with Image.open(_bytes(content)) as image:
            kind = image.format or ""
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ParvisError(refusals.NOT_A_PHOTO) from error
    if kind not in IMAGES:
        raise ParvisError(refusals.NOT_A_PHOTO)
    return IMAGES[kind]


def _bytes(content: bytes) -> ContentFile:
    return ContentFile(content)
