"""The two bundles in memory, and the number that identifies each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from parvis.core.bundle.columns import TableShape
from parvis.core.bundle.dataset_tables import DATASET_FORMAT, DATASET_TABLES
from parvis.core.bundle.result_tables import RESULT_FORMAT, RESULT_TABLES
from parvis.core.bundle.shaping import conform, parquet_bytes
from parvis.core.vocabulary import Fault, ParvisError, Text


@dataclass(frozen=True)
class Dataset:
    """The frozen input of the pipeline.

    `manifest` holds edition, frozen_at, seed, software, method {id}, instruments, vintage, demonstration, origin;
    format, files and hashes are added by `write_dataset`. A table that is absent is written empty.
    `files` tells where each table lies on disk, so that the tally may scan it there; it is no part of the content.
    """

    manifest: dict[str, Any]
    tables: Mapping[str, pa.Table]
    method_text: str = ""
    files: Mapping[str, Path] = field(default_factory=dict, compare=False)

    def table(self, name: str) -> pa.Table:
        """The table of that name, empty with its columns when the bundle does not carry it."""
        return self.tables[name] if name in self.tables else DATASET_TABLES[name].empty()


@dataclass(frozen=True)
class Result:
    """What the pipeline returns: every figure with its interval, n and status."""

    manifest: dict[str, Any]
    tables: Mapping[str, pa.Table]

    def table(self, name: str) -> pa.Table:
        """The table of that name, empty with its columns when the bundle does not carry it."""
        return self.tables[name] if name in self.tables else RESULT_TABLES[name].empty()


def manifest_bytes(manifest: dict[str, Any]) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def sealed_dataset(dataset: Dataset) -> tuple[Dataset, dict[str, bytes]]:
    """The dataset with typed and sorted tables and a complete manifest, and the bytes of each of its files."""
    tables, files = _shaped(dataset.tables, DATASET_TABLES)
    manifest = {"demonstration": False, "origin": "enrolled", **dataset.manifest, "format": DATASET_FORMAT}
    method = dict(manifest.get("method") or {})
    method["sha256"] = _sha256(dataset.method_text.encode())
    manifest["method"] = method
    manifest["files"] = _listed(tables, files)
    files["method.toml"] = dataset.method_text.encode()
    files["manifest.json"] = manifest_bytes(manifest)
    return replace(dataset, manifest=manifest, tables=tables, files={}), files


def sealed_result(result: Result) -> tuple[Result, dict[str, bytes]]:
    """The result with typed and sorted tables and a complete manifest, and the bytes of each of its files."""
    tables, files = _shaped(result.tables, RESULT_TABLES)
    manifest = {**result.manifest, "format": RESULT_FORMAT, "files": _listed(tables, files)}
    files["manifest.json"] = manifest_bytes(manifest)
    return Result(manifest, tables), files


def fingerprint(bundle: Dataset | Result) -> str:
    """The SHA-256 of the bundle's manifest, which holds the hashes of all its files: equal content, equal number."""
    if "files" not in bundle.manifest:
        bundle = sealed_dataset(bundle)[0] if isinstance(bundle, Dataset) else sealed_result(bundle)[0]
    return _sha256(manifest_bytes(bundle.manifest))


def _shaped(
    given: Mapping[str, pa.Table], shapes: dict[str, TableShape]
) -> tuple[dict[str, pa.Table], dict[str, bytes]]:
    tables: dict[str, pa.Table] = {}
    faults: list[Fault] = []
    for name, shape in shapes.items():
        if name not in given and shape.optional:
            continue
        try:
            tables[name] = conform(given[name] if name in given else shape.empty(), shape)
        except ParvisError as error:
            faults += error.faults
    unknown = sorted(set(given) - set(shapes))
    faults += [_unknown_table(name, shapes) for name in unknown]
    if faults:
        raise ParvisError(faults)
    return tables, {f"{name}.parquet": parquet_bytes(table) for name, table in tables.items()}


def _listed(tables: dict[str, pa.Table], files: dict[str, bytes]) -> list[dict[str, Any]]:
    return [
        {"path": f"{name}.parquet", "rows": tables[name].num_rows, "sha256": _sha256(files[f"{name}.parquet"])}
        for name in sorted(tables)
    ]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _unknown_table(name: str, shapes: dict[str, TableShape]) -> Fault:
    return Fault(
        "unknown_table",
        Text("cette table n’est pas connue.", "this table is not known."),
        Text(f"Tables connues : {', '.join(shapes)}.", f"Known tables: {', '.join(shapes)}."),
        {"table": name},
    )
