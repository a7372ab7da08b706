"""What the rules ask of our models: who did it, who may see it, how long it lives, how it is called."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.expressions import ExpressionWrapper

from tests.repository import tree

PRIVACY = tree.WEB / "privacy.toml"
CLASSES = {"public", "internal", "personal"}


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("parvis.")]


def others() -> list[type[models.Model]]:
    """The models that our libraries bring; each is declared as a whole."""
    return [model for model in apps.get_models() if not model.__module__.startswith("parvis.")]


def label(field: models.Field[Any, Any]) -> str:
    return f"{field.model._meta.label}.{field.name}"


def moments_without_person(kinds: Iterable[type[models.Model]], excepted: Iterable[str] = ()) -> list[str]:
    """The `_at` fields whose `_by` is missing, may be empty when the moment is not, or is free of any constraint."""
    found = []
    for model in kinds:
        fields = {field.name: field for field in model._meta.fields}
        for name, field in fields.items():
            if name.endswith("_at") and label(field) not in excepted:
                person = fields.get(f"{name.removesuffix('_at')}_by")
                if person is None or person.null != field.null or (field.null and not _paired(model, field, person)):
                    found.append(label(field))
    return found


def _paired(model: type[models.Model], moment: models.Field[Any, Any], person: models.Field[Any, Any]) -> bool:
    together = {f"{moment.name}__isnull", f"{person.name}__isnull"}
    checks = [rule for rule in model._meta.constraints if isinstance(rule, models.CheckConstraint)]
    return any(together <= set(_lookups(rule.condition)) for rule in checks)


def _lookups(condition: Any) -> Iterable[str]:
    if isinstance(condition, ExpressionWrapper):
        condition = condition.expression
    for child in condition.children if isinstance(condition, Q) else []:
        if isinstance(child, tuple):
            yield child[0]
        else:
            yield from _lookups(child)


def register() -> dict[str, Any]:
    return tomllib.loads(tree.text_of(PRIVACY)) if PRIVACY.exists() else {}


def declared(kept: dict[str, Any]) -> dict[str, list[str]]:
    """app.Model.field (app.Model for others' models) → [class, life span]."""
    flat = {}
    for app, kinds in kept.items():
        if app not in {"lifespans", "libraries"}:
            for model, fields in kinds.items():
                flat |= {f"{app}.{model}.{name}": value for name, value in fields.items()}
    return flat | kept.get("libraries", {})


def to_declare() -> set[str]:
    """Everything that must be in the register; a row's own number (`id`) says nothing and is left out."""
    mine = {label(field) for model in ours() for field in model._meta.fields if field.name != "id"}
    many = {label(field) for model in ours() for field in model._meta.many_to_many}
    return mine | many | {model._meta.label for model in others()}


def faults(rows: dict[str, list[str]], lifespans: Iterable[str]) -> list[str]:
    """The rows of the register that do not say a known class and a known life span."""
    known = set(lifespans)
    return sorted(
        name for name, row in rows.items() if len(row) != 2 or row[0] not in CLASSES or row[1] not in known
    )  # fmt: skip


def missing_rows() -> str:
    """What to paste into the register, as commented TOML, for the fields it does not know yet."""
    wanted = sorted(to_declare() - set(declared(register())))
    return "\n".join(f'{name} = ["internal", "edition"]' for name in wanted)


if __name__ == "__main__":
    import django

    django.setup()
    print(missing_rows())
