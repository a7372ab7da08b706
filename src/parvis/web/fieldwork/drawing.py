"""What chance chooses to be read, fixed by the edition's seed."""

from __future__ import annotations

import hashlib

SHARE_READ = 0.10


def is_drawn(seed: int, key: str, share: float = SHARE_READ) -> bool:
    """One report in ten, fixed by the seed: nobody chooses, and reading it again changes nothing."""
    digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64 < share
