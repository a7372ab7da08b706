"""The small papers that the server hands to a phone: the list of forms, a form's files, the answer to a report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape  # written, never read

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class FormEntry:
    """One form of the list: addresses are absolute, `content` is byte for byte what `download_url` gives."""

    form_id: str
    name: str
    version: str
    content: bytes
    download_url: str
    manifest_url: str

    @property
    def md5(self) -> str:
        """The fingerprint by which a phone sees that a form has changed; it protects nothing."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


def form_list(entries: Iterable[FormEntry]) -> bytes:
    """The list of forms. One entry that a phone cannot read would void the whole list.

    Source: OpenRosa Form List API 1.0.

    >>> entry = FormEntry("m1", "Mairie & école", "7", b"<x/>", "https://p/1.xml", "https://p/1")
    >>> "<name>Mairie &amp; école</name>" in form_list([entry]).decode()
    True
    """
    rows = "".join(
        f"<xform><formID>{_text(entry.form_id)}</formID><name>{_text(entry.name)}</name>"
        f"<version>{_text(entry.version)}</version><hash>md5:{entry.md5}</hash>"
        f"<downloadUrl>{_text(entry.download_url)}</downloadUrl>"
        f"<manifestUrl>{_text(entry.manifest_url)}</manifestUrl></xform>"
        for entry in entries
    )
    return f'{_HEAD}<xforms xmlns="http://openrosa.org/xforms/xformsList">{rows}</xforms>'.encode()


def manifest() -> bytes:
    """The files that a form needs beside itself: ours need none. Always the same bytes.

    Source: OpenRosa Form Manifest API 1.0.
    """
    return f'{_HEAD}<manifest xmlns="http://openrosa.org/xforms/xformsManifest"/>'.encode()


def response(messages: Sequence[str], *, accepted: bool) -> bytes:
    """What the phone shows once a report is sent, or why it is not.

    Source: OpenRosa Form Submission API 1.0 (`message` with its `nature`).

    >>> response(["Déjà reçu."], accepted=False).decode().split(">", 2)[2]
    '<message nature="submit_error">Déjà reçu.</message></OpenRosaResponse>'
    """
    nature = "submit_success" if accepted else "submit_error"
    told = escape(printable(" ".join(messages)))
    return (
        f'{_HEAD}<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f'<message nature="{nature}">{told}</message></OpenRosaResponse>'
    ).encode()


def printable(text: str) -> str:
    """The text without the characters that XML cannot hold; one of them would make a whole list unreadable."""
    return "".join(each for each in text if (each >= " " or each in "\t\n") and each not in "\ufffe\uffff")


def _text(text: str) -> str:
    return escape(" ".join(printable(text).split()))
