"""Pages that are the same for everyone but for a token: made and compressed once, the token laid in for each."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

from django.http import HttpResponse

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # a gzip stream without name or date
_RAW = -15


class Ready(HttpResponse):
    """An answer that is compressed already, or is not to be."""


@dataclass(slots=True)
class ReadyPage:
    """A page in two halves, between which a token goes."""

    before: bytes
    after: bytes
    _halves: tuple[bytes, bytes, int] | None = field(default=None, repr=False)

    def plain(self, token: bytes) -> bytes:
        return self.before + token + self.after

    def gzipped(self, token: bytes) -> bytes:
        """The page as gzip makes it; the token stands uncompressed, so that no length tells anything about it."""
        first, last, checked = self._compressed()
        size = len(token)
        stored = struct.pack("<BHH", 0, size, size ^ 0xFFFF) + token
        check = zlib.crc32(self.after, zlib.crc32(token, checked))
        end = struct.pack("<II", check, (len(self.before) + size + len(self.after)) & 0xFFFFFFFF)
        return b"".join((_HEAD, first, stored, last, end))

    def _compressed(self) -> tuple[bytes, bytes, int]:
        """Each half compressed alone, the first up to a whole byte; and the check sum of the first."""
        if self._halves is None:
            first, last = (zlib.compressobj(9, zlib.DEFLATED, _RAW) for _ in range(2))
            self._halves = (
                first.compress(self.before) + first.flush(zlib.Z_FULL_FLUSH),
                last.compress(self.after) + last.flush(),
                zlib.crc32(self.before),
            )
        return self._halves
