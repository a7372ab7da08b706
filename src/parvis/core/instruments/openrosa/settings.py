"""What ODK Collect reads in the settings code of a person: the address of their missions, and how to behave."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any


def collect_settings(server_url: str, *, project: str) -> str:
    """The text of the settings code: base64 of the deflated JSON that ODK Collect imports.

    server_url: the person's own address, without a final slash: Collect adds `/formList` and `/submission`.
    project: the name that the phone shows. The forms on the phone follow the list exactly, reports leave by themselves.
    Source: ODK documentation, "Reconfiguring Collect by QR code"; OpenRosa 1.0.

    >>> read_collect_settings(collect_settings("https://p.example/odk/abc", project="Parvis"))["general"]["server_url"]
    'https://p.example/odk/abc'
    """
    wanted = {  # no more than is needed: a short code is easier to scan
        "general": {"server_url": server_url, "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"},
        "admin": {},
        "project": {"name": project},
    }
    told = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(told.encode("utf-8"), 9)).decode("ascii")


def read_collect_settings(code: str) -> dict[str, Any]:
    """The settings that a code holds, as the phone reads them. Raises ValueError when it is no such code."""
    try:
        read: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(code, validate=True)))
    except zlib.error as error:
        raise ValueError(str(error)) from error
    return read
