"""The mail servers behind two addresses: `smtp(s)://user:password@host:port`, `imap(s)://user:password@host:port/folder`.

`smtp+starttls` and `imap+starttls` begin in clear and then encrypt. Certificates are checked.
"""

from __future__ import annotations

import imaplib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SECONDS = 20
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465, "imap": 143, "imap+starttls": 143, "imaps": 993}


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is and how to enter it."""

    scheme: str
    host: str
    port: int
    user: str
    secret: str
    folder: str


def server_of(url: str) -> Server:
    """The server that an address names. Raises ValueError when it names none."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(f"{parts.scheme}://…: smtp, smtp+starttls, smtps, imap, imap+starttls or imaps wanted")
    return Server(
        parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], unquote(parts.username or ""),
        unquote(parts.password or ""), unquote(parts.path.strip("/")) or "INBOX",
    )  # fmt: skip


@contextmanager
def smtp(url: str) -> Iterator[smtplib.SMTP]:
    server = server_of(url)
    context = ssl.create_default_context()
    if server.scheme == "smtps":
        wire: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    else:
        wire = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    with wire:
        if server.scheme == "smtp+starttls":
            wire.starttls(context=context)
        if server.user:
            wire.login(server.user, server.secret)
        yield wire


@contextmanager
def imap(url: str) -> Iterator[imaplib.IMAP4]:
    """A connection that has signed in; the folder is for the caller to open."""
    server = server_of(url)
    context = ssl.create_default_context()
    if server.scheme == "imaps":
        wire: imaplib.IMAP4 = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=SECONDS)
    else:
        wire = imaplib.IMAP4(server.host, server.port, timeout=SECONDS)
    try:
        if server.scheme == "imap+starttls":
            wire.starttls(ssl_context=context)
        wire.login(server.user, server.secret)
        yield wire
    finally:
        _leave(wire)


def _leave(wire: imaplib.IMAP4) -> None:
    try:
        wire.logout()
    except (imaplib.IMAP4.error, OSError):
        wire.shutdown()
