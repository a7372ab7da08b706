"""One small demonstration for all the tests of a module, undone when the module ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from tests import cast

SEED, ORGANISATIONS = 11, 8


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[cast.World]:
    """Two editions, invented bodies and the standing cast; what a test changes is undone before the next one."""
    from parvis.cli.demonstration import build

    with django_db_blocker.unblock():
        with transaction.atomic():
            build(seed=SEED, organisations=ORGANISATIONS, tell=str)
            yield cast.gather()
            transaction.set_rollback(True)
        connection.close()
