"""Counter codes as text: drawn, written in two halves, read however they are typed, hashed under the site's secret."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache

from django.conf import settings

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # 31 signs, none of which looks like another on paper
LENGTH = 10  # nine drawn, 31⁹ of them, and one that tells a slip of the finger
MOST_TYPED = 40


def new_code() -> str:
    """A code that nobody could guess, with its check sign, in two halves.

    >>> len(new_code()), new_code()[5]
    (11, '-')
    """
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    whole = drawn + _check_sign(drawn)
    return f"{whole[:5]}-{whole[5:]}"


def read_code(typed: str) -> str:
    """The code that someone typed, without spaces, dashes or capitals; "" when it cannot be one.

    One wrong sign, or two that changed places, are always noticed (31 is a prime).
    """
    kept = "".join(sign for sign in typed[:MOST_TYPED].lower() if sign.isalnum())
    if len(kept) != LENGTH or not set(kept) <= set(ALPHABET):
        return ""
    return kept if _check_sign(kept[:-1]) == kept[-1] else ""


def hashed(code: str, *, edition: int, organisation: int) -> str:
    """What the database keeps: useless without the site's secret, and valid for one body in one edition."""
    told = f"{edition}|{organisation}|{code}".encode()
    return hmac.new(_key(settings.SECRET_KEY), told, hashlib.sha256).hexdigest()


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"parvis.code", hashlib.sha256)


def _check_sign(drawn: str) -> str:
    return ALPHABET[sum((rank + 1) * ALPHABET.index(sign) for rank, sign in enumerate(drawn)) % len(ALPHABET)]
