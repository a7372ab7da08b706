"""A network that cuts where it is told to: it stands between the phone and the site and passes bytes along."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

UPLOAD = b"/envoi/ "
# where an upload is cut: nothing of it leaves, half of its photo, all of it but no answer, half of the answer
BEFORE, HALF_WAY, NO_ANSWER, HALF_ANSWER = "before", "half-way", "no answer", "half an answer"


class CuttingNetwork:
    """Passes everything on, except the uploads for which a cut is foreseen, one after the other."""

    def __init__(self, address: str) -> None:
        site = urlsplit(address)
        self.site = (site.hostname or "", site.port or 80)
        self.cuts: deque[str] = deque()
        self.made: list[str] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://{site.hostname}:{self.listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                phone, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(phone,), daemon=True).start()

    def _carry(self, phone: socket.socket) -> None:
        """One connection carries one request: what follows an upload is never taken for its end."""
        with phone, socket.create_connection(self.site) as site:
            head, body = _read_head(phone)
            if not head:
                return
            cut = self.cuts.popleft() if UPLOAD in head.split(b"\r\n")[0] and self.cuts else ""
            if cut:
                self.made.append(cut)
            if cut == BEFORE:
                return
            length = _length(head)
            wanted = length // 2 if cut == HALF_WAY else length
            site.sendall(_closing(head))
            _pass_on(phone, site, body, wanted)
            if cut == HALF_WAY:
                return
            answer = b"".join(iter(lambda: site.recv(65536), b""))
            if cut != NO_ANSWER:
                phone.sendall(answer[: len(answer) - 40] if cut == HALF_ANSWER else answer)


def _read_head(phone: socket.socket) -> tuple[bytes, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        if not (more := phone.recv(65536)):
            return b"", b""
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n", body


def _length(head: bytes) -> int:
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return int(lengths[0]) if lengths else 0


def _closing(head: bytes) -> bytes:
    kept = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*kept, b"Connection: close", b"", b""])


def _pass_on(phone: socket.socket, site: socket.socket, body: bytes, wanted: int) -> None:
    passed = 0
    while True:
        body = body[: wanted - passed]
        site.sendall(body)
        passed += len(body)
        if passed >= wanted or not (body := phone.recv(65536)):
            return


@contextmanager
def cutting_network(address: str) -> Iterator[CuttingNetwork]:
    network = CuttingNetwork(address)
    try:
        yield network
    finally:
        network.listening.close()
