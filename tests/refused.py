"""`with refused("no_place", "no_channel"):` — the block is refused for these reasons, each with its remedy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from parvis.core.vocabulary import ParvisError


@contextlib.contextmanager
def refused(*codes: str) -> Iterator[None]:
    with pytest.raises(ParvisError) as raised:
        yield
    faults = raised.value.faults
    assert [fault.code for fault in faults] == list(codes)
    for fault in faults:
        for language in ("fr", "en"):
            assert fault.what.in_language(language)
            assert fault.remedy.in_language(language)
