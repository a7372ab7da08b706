"""The body of a sending, read to its end before anything is done with it: what was cut on the way leaves no trace."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files import File
from django.core.files.uploadhandler import load_handler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from parvis.core.instruments.openrosa import MOST_XML_BYTES
from parvis.core.instruments.openrosa.instances import TOO_LARGE
from parvis.core.vocabulary import Fault, ParvisError
from parvis.web.fieldwork.openrosa import refusals

ACCEPTED_BYTES = 16 * 1024 * 1024  # what we announce: phones split what is larger
MOST_BYTES = 20 * 1024 * 1024  # what we read: one photo may go past what was announced
REPORT, INCOMPLETE = "xml_submission_file", "*isIncomplete*"
CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Body:
    """A filled form, the photos beside it, and whether the phone says that this is all."""

    content: bytes
    pieces: dict[str, File]
    complete: bool


class BodyRefused(ParvisError):
    """A body that is not even looked at, with the status to answer."""

    def __init__(self, fault: Fault, status: int) -> None:
        super().__init__(fault)
        self.status = status


@contextmanager
def body_of(request: HttpRequest) -> Iterator[Body]:
    """The parts of a sending; temporary files live as long as the block. Raises BodyRefused."""
    length = _length(request)
    with tempfile.SpooledTemporaryFile(max_size=1024 * 1024) as whole:
        _read_to_the_end(request, whole, length)
        fields, files = _parts(request, whole)
        try:
            yield _body(fields, files)
        finally:
            for _, held in files.lists():
                for file in held:
                    file.close()


def _length(request: HttpRequest) -> int:
    """How long the body says it is: told before a byte of it is read."""
    said = str(request.META.get("CONTENT_LENGTH") or "")
    if not said.isdigit():
        raise BodyRefused(refusals.LENGTH_NEEDED, 411)
    if int(said) > MOST_BYTES:
        raise BodyRefused(refusals.BODY_TOO_LARGE, 413)
    if not str(request.META.get("CONTENT_TYPE", "")).startswith("multipart/form-data"):
        raise BodyRefused(refusals.NO_REPORT, 422)
    return int(said)


def _read_to_the_end(request: HttpRequest, into: IO[bytes], length: int) -> None:
    left = length
    try:
        while left > 0 and (chunk := request.read(min(CHUNK, left))):
            into.write(chunk)
            left -= len(chunk)
    except (UnreadablePostError, OSError) as error:
        raise BodyRefused(refusals.BODY_CUT, 400) from error
    if left > 0:
        raise BodyRefused(refusals.BODY_CUT, 400)
    into.seek(0)


def _parts(request: HttpRequest, whole: IO[bytes]) -> tuple[Any, Any]:
    handlers = [load_handler(name, request) for name in settings.FILE_UPLOAD_HANDLERS]
    try:
        return MultiPartParser(request.META, whole, handlers, request.encoding or "utf-8").parse()
    except RequestDataTooBig as error:
        raise BodyRefused(refusals.BODY_TOO_LARGE, 413) from error
    except SuspiciousOperation as error:  # too many fields or files
        raise BodyRefused(refusals.TOO_MANY_PIECES, 422) from error
    except MultiPartParserError as error:
        raise BodyRefused(refusals.NO_REPORT, 422) from error


def _body(fields: Any, files: Any) -> Body:
    report = files.get(REPORT)
    if report is not None:
        if report.size > MOST_XML_BYTES:
            raise BodyRefused(TOO_LARGE, 413)
        content = report.read()
    else:
        content = fields.get(REPORT, "").encode()
    if not content:
        raise BodyRefused(refusals.NO_REPORT, 422)
    if len(content) > MOST_XML_BYTES:
        raise BodyRefused(TOO_LARGE, 413)
    pieces = {file.name: file for name, held in files.lists() if name != REPORT for file in held}
    return Body(content, pieces, fields.get(INCOMPLETE, "").strip().lower() not in ("yes", "true"))
