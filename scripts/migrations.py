"""The first migration of each app, made again from the models: `python scripts/migrations.py [APP …]`.

Nothing is deployed yet, so each app keeps one migration. Django writes every constraint and index as a step of its own,
and pictures all the models anew at each step: said with their table, they cost a new home several seconds less.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.writer import MigrationWriter

FIRST = "0001_initial"


def main(labels: Sequence[str]) -> None:
    for label in labels or ours():
        path = Path(apps.get_app_config(label).path) / "migrations" / f"{FIRST}.py"
        path.unlink(missing_ok=True)
    call_command("makemigrations", *(labels or ours()), verbosity=0)
    for label in labels or ours():
        migration = first_of(label)
        migration.operations = folded(migration.operations)
        writer = MigrationWriter(migration)
        Path(writer.path).write_text(writer.as_string(), "utf-8")


def ours() -> list[str]:
    return [
        config.label for config in apps.get_app_configs() if config.name.startswith("parvis.web.") and config.models
    ]


def first_of(label: str) -> migrations.Migration:
    return MigrationLoader(None, ignore_no_migrations=True).disk_migrations[label, FIRST]


def folded(operations: Sequence[Operation]) -> list[Operation]:
    """The same steps, the constraints and indexes of a model said where its table is made.

    Those that speak of a field which comes later (tables may refer to each other in a circle) stay apart.
    """
    later = {(step.model_name_lower, step.name) for step in operations if isinstance(step, migrations.AddField)}
    tables = {step.name_lower: step for step in operations if isinstance(step, migrations.CreateModel)}
    left: list[Operation] = []
    for step in operations:
        if not isinstance(step, migrations.AddConstraint | migrations.AddIndex):
            left.append(step)
            continue
        kind, said = (
            ("constraints", step.constraint) if isinstance(step, migrations.AddConstraint) else ("indexes", step.index)
        )
        if any(model == step.model_name_lower and field in repr(said.deconstruct()) for model, field in later):
            left.append(step)
        else:
            tables[step.model_name_lower].options.setdefault(kind, []).append(said)
    return left


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.web.settings.test")
    django.setup()
    main(sys.argv[1:])
