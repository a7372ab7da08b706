"""Bundles written and read: a folder or a .zip, whole or not at all, and never trusted before it is checked."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from parvis.core.bundle.columns import TableShape
from parvis.core.bundle.dataset_tables import DATASET_FORMAT, DATASET_TABLES
from parvis.core.bundle.kinds import Dataset, Result, sealed_dataset, sealed_result
from parvis.core.bundle.result_tables import RESULT_FORMAT, RESULT_TABLES
from parvis.core.bundle.shaping import conform, structure_faults
from parvis.core.vocabulary import Fault, ParvisError, Text

LARGEST_ZIP = 8 << 30  # bytes once unpacked
_CHUNK = 1 << 22
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is written


def write_dataset(dataset: Dataset, path: str | Path) -> Dataset:
    """Write a dataset to a folder, or to a .zip when the path ends so, replacing what a bundle left there.

    Returns the dataset as written: tables typed and sorted, manifest complete with the hash of every file.
    Raises ParvisError with every fault of its tables (absent column, wrong type, key twice) before anything is
    written, and when the path holds something that is not a bundle.
    """
    path = Path(path)
    sealed, files = sealed_dataset(dataset)
    _write(files, path)
    where = {} if _is_zip(path) else {name: path / f"{name}.parquet" for name in sealed.tables}
    return Dataset(sealed.manifest, sealed.tables, sealed.method_text, where)


def write_result(result: Result, path: str | Path) -> Result:
    """Write a result to a folder or a .zip; returns it as written. Same faults as `write_dataset`."""
    sealed, files = sealed_result(result)
    _write(files, Path(path))
    return sealed


def read_dataset(path: str | Path) -> Dataset:
    """Read a dataset; tables are loaded when first asked for.

    Raises ParvisError with every fault: no bundle there, unknown version, file absent or changed since it was
    hashed, table absent, column absent, wrong type. Unknown extra columns are kept and ignored.
    """
    box, manifest = _opened(Path(path), DATASET_FORMAT, DATASET_TABLES)
    method = box.read("method.toml").decode() if "method.toml" in box else ""
    wanted = (manifest.get("method") or {}).get("sha256")
    if wanted and hashlib.sha256(method.encode()).hexdigest() != wanted:
        raise ParvisError(_changed("method.toml"))
    return Dataset(manifest, _Tables(box, manifest, DATASET_TABLES), method, box.places(manifest))


def read_result(path: str | Path) -> Result:
    """Read a result; tables are loaded when first asked for. Same faults as `read_dataset`."""
    box, manifest = _opened(Path(path), RESULT_FORMAT, RESULT_TABLES)
    return Result(manifest, _Tables(box, manifest, RESULT_TABLES))


class _Box(Protocol):
    def __contains__(self, name: object) -> bool: ...
    def read(self, name: str) -> bytes: ...
    def sha256(self, name: str) -> str: ...
    def source(self, name: str) -> Any: ...
    def places(self, manifest: dict[str, Any]) -> dict[str, Path]: ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __contains__(self, name: object) -> bool:
        return (self.path / str(name)).is_file()

    def read(self, name: str) -> bytes:
        return (self.path / name).read_bytes()

    def sha256(self, name: str) -> str:
        digest = hashlib.sha256()
        with (self.path / name).open("rb") as stream:
            while block := stream.read(_CHUNK):
                digest.update(block)
        return digest.hexdigest()

    def source(self, name: str) -> Any:
        return str(self.path / name)

    def places(self, manifest: dict[str, Any]) -> dict[str, Path]:
        return {Path(file["path"]).stem: self.path / file["path"] for file in manifest["files"]}


class _Zip:
    def __init__(self, path: Path) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                if sum(info.file_size for info in archive.infolist()) > LARGEST_ZIP:
                    raise ParvisError(_unreadable(path))
                self.files = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
        except (zipfile.BadZipFile, OSError, EOFError) as error:
            raise ParvisError(_unreadable(path) if path.suffix.lower() == ".zip" else _no_bundle(path)) from error

    def __contains__(self, name: object) -> bool:
        return name in self.files

    def read(self, name: str) -> bytes:
        return self.files[name]

    def sha256(self, name: str) -> str:
        return hashlib.sha256(self.files[name]).hexdigest()

    def source(self, name: str) -> Any:
        return pa.BufferReader(self.files[name])

    def places(self, manifest: dict[str, Any]) -> dict[str, Path]:
        return {}


class _Tables(Mapping[str, pa.Table]):
    """The tables of a bundle on disk, each loaded and shaped once, when first asked for."""

    def __init__(self, box: _Box, manifest: dict[str, Any], shapes: dict[str, TableShape]) -> None:
        self._box, self._shapes = box, shapes
        self._names = [Path(file["path"]).stem for file in manifest["files"]]
        self._names = [name for name in shapes if name in self._names]
        self._loaded: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._loaded:
            table = pq.read_table(self._box.source(f"{name}.parquet"), partitioning=None)
            self._loaded[name] = conform(table, self._shapes[name])
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _opened(path: Path, wanted: str, shapes: dict[str, TableShape]) -> tuple[_Box, dict[str, Any]]:
    if not path.exists():
        raise ParvisError(_no_bundle(path))
    box: _Box = _Folder(path) if path.is_dir() else _Zip(path)
    if "manifest.json" not in box:
        raise ParvisError(_no_bundle(path))
    manifest = _manifest(box.read("manifest.json"), wanted)
    listed = {file["path"] for file in manifest["files"]}
    faults = [
        _table_absent(name) for name, shape in shapes.items() if not shape.optional and f"{name}.parquet" not in listed
    ]
    for file in manifest["files"]:
        faults += _file_faults(box, file, shapes)
    if faults:
        raise ParvisError(faults)
    return box, manifest


def _manifest(content: bytes, wanted: str) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
        found = manifest["format"]
        rightly = all(isinstance(file["path"], str) and isinstance(file["sha256"], str) for file in manifest["files"])
        rightly = rightly and all(Path(file["path"]).name == file["path"] for file in manifest["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise ParvisError(_bad_manifest()) from error
    if found != wanted:
        raise ParvisError(_unknown_version(str(found), wanted))
    if not rightly:
        raise ParvisError(_bad_manifest())
    return dict(manifest)


def _file_faults(box: _Box, file: dict[str, Any], shapes: dict[str, TableShape]) -> list[Fault]:
    name = file["path"]
    shape = shapes.get(Path(name).stem)
    if shape is None:
        return []
    if name not in box:
        return [_table_absent(shape.name)]
    if box.sha256(name) != file["sha256"]:
        return [_changed(name)]
    try:
        schema = pq.read_schema(box.source(name))
    except (pa.ArrowInvalid, OSError):
        return [_changed(name)]
    return structure_faults(schema, shape)


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _write(files: dict[str, bytes], path: Path) -> None:
    """Everything beside the target first, then one rename: a reader sees the old bundle or the new one."""
    if not path.parent.is_dir():
        raise ParvisError(_no_folder(path))
    if path.exists() and not _is_zip(path) and not _replaceable(path):
        raise ParvisError(_not_a_bundle(path))
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        made = beside / "bundle"
        if _is_zip(path):
            made.write_bytes(_zipped(files))
            os.replace(made, path)
            return
        made.mkdir()
        for name, content in files.items():
            (made / name).write_bytes(content)
        if path.exists():
            os.replace(path, beside / "former")
        os.replace(made, path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _replaceable(path: Path) -> bool:
    return path.is_dir() and ((path / "manifest.json").is_file() or not any(path.iterdir()))


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), files[name])
    return buffer.getvalue()


def _no_bundle(path: Path) -> Fault:
    return Fault(
        "no_bundle",
        Text("il n’y a pas de lot ici (manifest.json absent).", "there is no bundle here (no manifest.json)."),
        Text("Donnez le dossier ou le .zip du lot.", "Give the folder or the .zip of the bundle."),
        {"file": path.name},
    )


def _unreadable(path: Path) -> Fault:
    return Fault(
        "file_unreadable",
        Text("cette archive est abîmée, incomplète ou trop grande.", "this archive is damaged, cut or too large."),
        Text("Refaites-en la copie.", "Copy it again."),
        {"file": path.name},
    )


def _bad_manifest() -> Fault:
    return Fault(
        "bad_manifest",
        Text("ce manifeste ne se lit pas.", "this manifest cannot be read."),
        Text("Demandez une nouvelle copie du lot.", "Ask for a new copy of the bundle."),
        {"file": "manifest.json"},
    )


def _unknown_version(found: str, wanted: str) -> Fault:
    return Fault(
        "unknown_version",
        Text(f"format « {found} » ; cette commande lit « {wanted} ».", f"format “{found}”; this reads “{wanted}”."),
        Text("Mettez Parvis à jour, ou donnez l’autre lot.", "Update Parvis, or give the other bundle."),
        {"file": "manifest.json"},
    )


def _table_absent(name: str) -> Fault:
    return Fault(
        "table_absent",
        Text("cette table manque dans le lot.", "this table is missing from the bundle."),
        Text("Demandez le lot complet.", "Ask for the whole bundle."),
        {"file": f"{name}.parquet", "table": name},
    )


def _changed(name: str) -> Fault:
    return Fault(
        "hash_mismatch",
        Text(
            "ce fichier n’est plus celui que le manifeste décrit (empreinte différente).",
            "this file is no longer the one that the manifest describes (hash differs).",
        ),
        Text("Demandez une copie intacte, ou refaites le lot.", "Ask for an intact copy, or make the bundle again."),
        {"file": name},
    )


def _no_folder(path: Path) -> Fault:
    return Fault(
        "folder_absent",
        Text("le dossier de destination n’existe pas.", "the target folder does not exist."),
        Text("Créez-le d’abord.", "Create it first."),
        {"file": path.name},
    )


def _not_a_bundle(path: Path) -> Fault:
    return Fault(
        "not_a_bundle",
        Text("ce chemin existe et n’est pas un lot.", "this path exists and is not a bundle."),
        Text("Choisissez un autre nom : rien n’a été écrit.", "Choose another name: nothing was written."),
        {"file": path.name},
    )
