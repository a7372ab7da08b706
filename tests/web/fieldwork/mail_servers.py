"""An SMTP and an IMAP server on loopback, over real sockets: what is handed to one can be delivered into the other.

They speak what `smtplib` and `imaplib` ask (RFC 5321; RFC 3501: LOGIN, EXAMINE, UID SEARCH, UID FETCH), no more.
"""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Stored:
    uid: int
    raw: bytes
    stored: str  # as IMAP writes it: 06-Mar-2026 09:31:00 +0100


@dataclass
class Post:
    """Both servers and what they hold. `cut_at`: hang up after so many bytes of a message; `refused`: addresses."""

    smtp_port: int = 0
    imap_port: int = 0
    secret: str = "s3 cret/+"
    sent: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    box: list[Stored] = field(default_factory=list)
    validity: int = 7
    cut_at: int | None = None
    refused: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def deliver(
        self, raw: bytes, *, to: str, at: str = "Fri, 6 Mar 2026 09:30:00 +0100", back: str = "a@m.example"
    ) -> None:
        """Put a message in the box as a mail server does, its own trace on top."""
        trace = f"Return-Path: <{back}>\r\nDelivered-To: {to}\r\nReceived: from mx by imap.example; {at}\r\n"
        self.shelve(trace.encode() + raw)

    def shelve(self, raw: bytes, stored: str = "06-Mar-2026 09:31:00 +0100") -> None:
        self.box.append(Stored(max((each.uid for each in self.box), default=10) + 3, raw, stored))


class Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        post: Post = self.server.post  # type: ignore[attr-defined]
        self.say("220 mx.example ESMTP")
        sender, to = "", []
        while line := self.rfile.readline():
            words = line.decode("utf-8", "replace").strip()
            verb = words[:4].upper()
            if verb == "EHLO":
                self.say("250-mx.example\r\n250-8BITMIME\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                self.say("235 2.7.0 ok")
            elif verb == "MAIL":
                sender, to = words.split("<", 1)[1].split(">")[0], []
                self.say("250 ok")
            elif verb == "RCPT":
                address = words.split("<", 1)[1].split(">")[0]
                if address in post.refused:
                    self.say("550 5.1.1 no such person")
                else:
                    to.append(address)
                    self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                post.sent.append((sender, to, self.data()))
                self.say("250 2.0.0 queued")
            elif verb == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")
        return None

    def data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Imap(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.post: Post = self.server.post  # type: ignore[attr-defined]
        self.say("* OK IMAP4rev1 ready")
        while line := self.rfile.readline():
            tag, _, words = line.decode().strip().partition(" ")
            self.post.asked.append(words)
            if not self.answer(tag, words):
                return

    def answer(self, tag: str, words: str) -> bool:
        verb = words.upper()
        if verb.startswith("CAPABILITY"):
            self.say(f"* CAPABILITY IMAP4rev1\r\n{tag} OK done")
        elif verb.startswith("LOGIN"):
            good = words.split(" ", 2)[2] == f'"{self.post.secret}"'
            self.say(f"{tag} {'OK' if good else 'NO [AUTHENTICATIONFAILED] wrong'} done")
        elif verb.startswith("EXAMINE"):
            count, validity = len(self.post.box), self.post.validity
            self.say(f"* {count} EXISTS\r\n* OK [UIDVALIDITY {validity}] stands\r\n{tag} OK [READ-ONLY] done")
        elif verb.startswith("UID SEARCH"):
            first = int(re.search(r"UID (\d+):\*", words)[1])  # type: ignore[index]
            found = [each.uid for each in self.post.box if each.uid >= first]
            found = found or [each.uid for each in self.post.box[-1:]]  # `*` is the last message, even an older one
            self.say(f"* SEARCH {' '.join(map(str, reversed(found)))}\r\n{tag} OK done")
        elif verb.startswith("UID FETCH"):
            return self.fetch(tag, words)
        elif verb.startswith("LOGOUT"):
            self.say(f"* BYE\r\n{tag} OK done")
            return False
        else:
            self.say(f"{tag} BAD unknown")
        return True

    def fetch(self, tag: str, words: str) -> bool:
        uid = int(words.split()[2])
        row, kept = next(((n, each) for n, each in enumerate(self.post.box, 1) if each.uid == uid), (0, None))
        if kept is None:
            self.say(f"{tag} OK done")
            return True
        if "BODY.PEEK" not in words:
            self.say(
                f'* {row} FETCH (UID {uid} INTERNALDATE "{kept.stored}" RFC822.SIZE {len(kept.raw)})\r\n{tag} OK done'
            )
            return True
        raw = kept.raw if "[]" in words else kept.raw.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
        self.wfile.write(f"* {row} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode())
        if self.post.cut_at is not None:
            self.wfile.write(raw[: self.post.cut_at])
            return False
        self.wfile.write(raw)
        self.say(f")\r\n{tag} OK done")
        return True

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def running() -> Iterator[Post]:
    """Both servers, each on a port of its own, until the block ends."""
    post, servers = Post(), []
    for handler in (Smtp, Imap):
        server = _Server(("127.0.0.1", 0), handler)
        server.post = post  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
    post.smtp_port, post.imap_port = (each.server_address[1] for each in servers)
    try:
        yield post
    finally:
        for each in servers:
            each.shutdown()
            each.server_close()
