"""What every model owes: a name, a factory, an author for each moment, a declared life span for each field."""

from __future__ import annotations

import importlib
import io
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import models as fields
from django.db.models import Q
from django.test.utils import isolate_apps
from factory.django import DjangoModelFactory

from tests.repository import exceptions, models, tree

MODELS = models.ours()
NAMES = [model._meta.label for model in MODELS]


def factories() -> dict[str, Any]:
    """The factory of each model: in tests/factories.py, or beside the tests of its app."""
    folders = sorted((tree.ROOT / "tests" / "web").glob("*/factories.py"))
    modules = [importlib.import_module(f"tests.web.{path.parent.name}.factories") for path in folders]
    modules.append(importlib.import_module("tests.factories"))
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    kinds = [kind for kind in kinds if issubclass(kind, DjangoModelFactory) and kind._meta.model is not None]
    return {kind._meta.model._meta.label: kind for kind in kinds}


def test_every_model_has_a_factory() -> None:
    assert [name for name in NAMES if name not in factories()] == []


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_told_apart_by_their_words(name: str, db: None) -> None:
    one, other = factories()[name].create(), factories()[name].create()
    assert type(one).__str__ is not fields.Model.__str__
    assert str(one) != str(other) or one.pk == other.pk  # a factory may give the one row there is
    assert "object (" not in str(one)


def test_every_moment_has_its_author() -> None:
    assert models.moments_without_person(MODELS, exceptions.MOMENTS_WITHOUT_PERSON) == []


def test_every_exempted_moment_still_needs_it() -> None:
    assert set(exceptions.MOMENTS_WITHOUT_PERSON) - set(models.moments_without_person(MODELS)) == set()


def test_every_field_says_who_may_see_it_and_how_long_it_lives() -> None:
    declared = set(models.declared(models.register()))
    assert sorted(models.to_declare() - declared) == []
    assert sorted(declared - models.to_declare()) == []


def test_the_register_uses_its_own_words() -> None:
    register = models.register()
    assert models.faults(models.declared(register), register["lifespans"]) == []
    assert all(span["fr"] and span["en"] for span in register["lifespans"].values())


def test_every_life_span_has_its_daily_work_or_says_why_none() -> None:
    spans = models.register()["lifespans"]
    assert [name for name, span in spans.items() if ("job" in span) == ("kept" in span)] == []
    assert {span["job"] for span in spans.values() if "job" in span} <= set(settings.DAILY)


def test_migrations_are_complete(db: None) -> None:
    told = io.StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=told)
    except SystemExit:
        pytest.fail(told.getvalue())
    assert "No changes" in told.getvalue()


def test_data_apps_have_the_same_files() -> None:
    """models, actions, queries, rules, forms, tasks; a file past its length becomes a folder of the same name."""
    apps = {model.__module__.split(".")[2] for model in MODELS}
    found = {
        (app, path.relative_to(tree.WEB / app).parts[0])
        for app in apps
        for path in tree.ours(".py", under=tree.WEB / app)
    }
    assert {app for app in apps if not {(app, "models.py"), (app, "models")} & found} == set()


# --- the rules catch a deliberate breach


@isolate_apps("parvis.web.people")
def test_a_moment_without_author_is_caught() -> None:
    def person() -> fields.ForeignKey[Any, Any]:
        return fields.ForeignKey("people.Person", on_delete=fields.PROTECT, null=True, related_name="+")

    class Loose(fields.Model):  # noqa: DJ008 - one moment alone, one pair without a constraint, one good pair
        lost_at = fields.DateTimeField()
        seen_at = fields.DateTimeField(null=True)
        seen_by = person()
        done_at = fields.DateTimeField(null=True)
        done_by = person()

        class Meta:
            app_label = "people"
            constraints = [
                fields.CheckConstraint(
                    condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                    name="loose_done_pair",
                )
            ]

    assert models.moments_without_person([Loose]) == ["people.Loose.lost_at", "people.Loose.seen_at"]


def test_an_undeclared_life_span_is_caught() -> None:
    rows = {
        "a.B.c": ["public", "edition"],
        "a.B.d": ["secret", "edition"],
        "a.B.e": ["public", "for ever"],
        "a.B.f": [],
    }
    assert models.faults(rows, ["edition"]) == ["a.B.d", "a.B.e", "a.B.f"]
