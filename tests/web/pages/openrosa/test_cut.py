"""A network that fails half-way, spoken to the server byte by byte: nothing half-written, and the retry works."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings

from parvis.web.fieldwork.models import Evidence, Observation, Parcel, ParcelPiece
from parvis.web.pages.openrosa.bodies import MOST_BYTES
from tests.web.fieldwork.factories import Field
from tests.web.pages.openrosa.collect import DAY, Collect, grid_in_force, photo

pytestmark = pytest.mark.django_db(transaction=True)
BOUNDARY = "7d2e4f0a"


def part(name: str, file: str, kind: str, content: bytes) -> bytes:
    told = f'Content-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}'
    return f"--{BOUNDARY}\r\n{told}\r\n\r\n".encode() + content + b"\r\n"


def body_of(xml: bytes, pieces: dict[str, bytes]) -> bytes:
    parts = [part("xml_submission_file", "s.xml", "text/xml", xml)]
    parts += [part(name, name, "image/jpeg", content) for name, content in pieces.items()]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


class Wire:
    """A connection held in the hand."""

    def __init__(self, address: str, path: str) -> None:
        self.host, self.port, self.path = urlsplit(address).hostname, urlsplit(address).port, path

    def send(self, body: bytes, *, upto: int | None = None, length: int | None = None, chunked: bool = False) -> str:
        """Send a body, or the beginning of it; the status line that came back, empty when we hung up before."""
        size = f"Content-Length: {len(body) if length is None else length}\r\n"
        size = "Transfer-Encoding: chunked\r\n" if chunked else size
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}\r\n{size}Connection: close\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
        )
        with socket.create_connection((self.host, self.port), timeout=10) as wire:
            wire.sendall(head.encode() + (body if upto is None else body[:upto]))
            if upto is not None:
                wire.shutdown(socket.SHUT_WR)  # the network is gone; the server finds the end of what came
            if length is not None or chunked:
                return wire.recv(64).decode("utf-8", "replace")  # the answer comes before the body, which never does
            return b"".join(iter(lambda: wire.recv(65536), b"")).decode("utf-8", "replace")


@pytest.fixture
def phone(live_server: Any, settings: Any) -> tuple[Collect, Field, Wire]:
    settings.PUBLIC_URL = live_server.url
    field = Field()
    field.edition.instruments.all().delete()
    grid_in_force(field)
    collect = Collect(field.observer)
    return collect, field, Wire(live_server.url, f"{collect.door}/submission")


def rows() -> int:
    return sum(kind.objects.count() for kind in (Parcel, ParcelPiece, Observation, Evidence))


def stored() -> set[str]:
    folders = [django_settings.MEDIA_ROOT / name for name in ("parcels", "evidence")]
    return {path.name for folder in folders if folder.exists() for path in folder.iterdir()}


def test_a_sending_cut_anywhere_writes_nothing_and_the_retry_is_whole(phone: tuple[Collect, Field, Wire]) -> None:
    collect, field, wire = phone
    picture = photo(side=900)
    ours = f"{DAY}<photo_1>1.jpg</photo_1>"
    body = body_of(collect.report(field.mission(), ours=ours), {"1.jpg": picture})
    before = stored()
    inside_the_photo = body.index(b"\xff\xd8") + len(picture) // 2
    for upto in (0, 60, 400, inside_the_photo, len(body) - 40, len(body) - 1):
        answer = wire.send(body, upto=upto)
        assert answer.startswith("HTTP/1.1 400"), upto
        assert "rien n’a été gardé" in answer
        assert rows() == 0, upto
    assert stored() == before
    assert wire.send(body).startswith("HTTP/1.1 201")
    assert (Observation.objects.count(), Evidence.objects.count()) == (1, 1)
    assert wire.send(body).startswith("HTTP/1.1 202")
    assert Evidence.objects.get().file.read() == picture


def test_a_body_too_long_or_of_unknown_length_is_answered_at_once(phone: tuple[Collect, Field, Wire]) -> None:
    _, _, wire = phone
    assert wire.send(b"", length=100_000_000).startswith("HTTP/1.1 413")
    assert wire.send(b"", length=MOST_BYTES + 1).startswith("HTTP/1.1 413")
    assert wire.send(b"5\r\nhello\r\n0\r\n\r\n", chunked=True).startswith("HTTP/1.1 411")
    assert rows() == 0
