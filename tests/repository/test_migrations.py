"""A new home is made in few steps: each table with its own constraints and indexes."""

from __future__ import annotations

from scripts import migrations


def test_first_migrations_say_constraints_with_their_table() -> None:
    steps = {label: list(migrations.first_of(label).operations) for label in migrations.ours()}
    apart = [label for label, made in steps.items() if len(migrations.folded(made)) < len(made)]
    assert apart == [], f"run python scripts/migrations.py {' '.join(apart)}"
