"""Originals under seal: unreadable in the database and its copies, opened by the organiser alone."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str) -> bytes:
    return _box(settings.SECRET_KEY).encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    return _box(settings.SECRET_KEY).decrypt(bytes(sealed)).decode()


@lru_cache(maxsize=2)
def _box(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=b"parvis", info=b"verbatim").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
