"""One edition whose grid has its file, and one phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from tests.web.fieldwork.factories import Field
from tests.web.pages.openrosa.collect import Collect, grid_in_force


@pytest.fixture(autouse=True)
def _no_failures_yet() -> None:
    cache.clear()


@pytest.fixture
def field(db: None) -> Field:
    field = Field()
    field.edition.instruments.all().delete()
    field.instruments = {"phone": grid_in_force(field)}
    return field


@pytest.fixture
def phone(field: Field, settings: Any) -> Collect:
    settings.PUBLIC_URL = "https://parvis.example/"
    return Collect(field.observer)
