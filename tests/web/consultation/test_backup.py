"""A backup holds the database and none of what must not outlive the day; the same on both databases."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from django.db import connection

from parvis.core.vocabulary import ParvisError
from parvis.web.backup import tables_of_the_day, write_backup
from parvis.web.consultation.models import RateCounter, RateKey
from parvis.web.consultation.qualification import Rule
from parvis.web.consultation.rates import notice
from tests import postgresql
from tests.web.consultation.factories import NOON, Open


def contents(path: Path) -> str:
    """All that a reader of the file can find: the bytes of a database, the rows of an archive."""
    if connection.vendor == "sqlite":
        return path.read_bytes().decode("latin-1")
    restore = [postgresql.binaries() / "pg_restore", "--file=-", path]
    return subprocess.run(restore, check=True, capture_output=True, text=True).stdout


@pytest.mark.django_db(transaction=True)
def test_a_backup_holds_everything_but_the_counters_of_the_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(postgresql.binaries()), prepend=":")
    consultation = Open()
    notice(consultation.qr, "203.0.113.9", at=NOON, rule=Rule())
    secret, counters = bytes(RateKey.objects.get().secret), list(RateCounter.objects.values_list("key", flat=True))
    write_backup(tmp_path / "copy")
    found = contents(tmp_path / "copy")
    assert tables_of_the_day() == ["consultation_ratecounter", "consultation_ratekey"]
    assert consultation.qr.code in found
    assert len(counters) == 2
    assert not [key for key in counters if key in found]
    assert secret.hex() not in found
    assert secret.decode("latin-1") not in found
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    with pytest.raises(ParvisError):
        write_backup(tmp_path / "copy")
