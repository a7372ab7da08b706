"""A little work that a browser does for its first page, so that a thousand answers cost a program something.

No outside service: the challenge is the signed token that the form carries anyway, so nothing is kept. It is shared in
parts, which makes the time it takes about the same for everyone.
"""

from __future__ import annotations

import hashlib

PARTS = 8
FIELD = "preuve"
_LONGEST = 12  # signs of one part


def is_done(challenge: str, given: str, bits: int) -> bool:
    """Does each part, hashed with the challenge and its rank, begin with that many zero bits?

    >>> is_done("token", "1.2.3.4.5.6.7.8", 0), is_done("token", "", 1)
    (True, False)
    """
    parts = given.split(".")
    if len(parts) != PARTS or any(not part or len(part) > _LONGEST for part in parts):
        return False
    return all(_zeros(f"{challenge}:{rank}:{part}") >= bits for rank, part in enumerate(parts))


def _zeros(text: str) -> int:
    return 32 - int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]).bit_length()


def worked(challenge: str, bits: int) -> str:
    """What a browser would send: for the simulator and for tests."""
    found = []
    for rank in range(PARTS):
        tried = 0
        while _zeros(f"{challenge}:{rank}:{tried}") < bits:
            tried += 1
        found.append(str(tried))
    return ".".join(found)
