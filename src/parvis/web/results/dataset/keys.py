"""Identifiers of bodies and places in a dataset: opaque, stable, and in the order of the rows."""

from __future__ import annotations


def organisation_key(pk: int) -> str:
    return f"o{pk:07d}"


def place_key(pk: int) -> str:
    return f"p{pk:07d}"


def pk_of(key: str) -> int:
    return int(key[1:])
