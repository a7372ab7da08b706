"""A table made to fit its shape: types, order of columns, order of rows, unique keys. Equal content, equal bytes."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from parvis.core.bundle.columns import TableShape
from parvis.core.vocabulary import Fault, ParvisError, Text


def conform(table: pa.Table, shape: TableShape) -> pa.Table:
    """The table with the columns of its shape first and typed, extra ones after by name, rows sorted by key.

    Returns a table without metadata; absent optional columns come as nulls, NaN as null.
    Raises ParvisError with every fault: absent column, wrong type, null key, key given twice.
    """
    faults = structure_faults(table.schema, shape)
    if faults:
        raise ParvisError(faults)
    arrays, fields, faults = [], [], []
    extras = sorted(name for name in table.column_names if shape.column(name) is None)
    for name in [*(column.name for column in shape.columns), *extras]:
        column = shape.column(name)
        if name not in table.column_names:
            array = pa.nulls(table.num_rows, shape.schema().field(name).type)
        else:
            array, fault = _typed(table[name], column.type if column else None, shape.name, name)
            faults += fault
            if column and not column.nullable and array.null_count:
                faults.append(_null_found(shape.name, name, array.null_count))
        arrays.append(array)
        fields.append(pa.field(name, array.type))
    if faults:
        raise ParvisError(faults)
    return sorted_by_key(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), shape)


def structure_faults(schema: pa.Schema, shape: TableShape) -> list[Fault]:
    """What a file's columns lack: one fault per absent column or wrong type, in the order of the shape."""
    faults = []
    for column in shape.columns:
        if column.name not in schema.names:
            if not column.optional:
                faults.append(_column_absent(shape.name, column.name))
        elif not _fits(schema.field(column.name).type, column.type):
            found = schema.field(column.name).type
            faults.append(_wrong_type(shape.name, column.name, str(column.type), str(found)))
    return faults


def sorted_by_key(table: pa.Table, shape: TableShape) -> pa.Table:
    """The rows in the order of the key (code points, nulls first).

    Raises ParvisError when a key stands on two rows, naming the first such key.
    """
    if table.num_rows < 2:
        return table
    codes = key_codes(table, shape.key)
    order = None
    if np.any(codes[1:] < codes[:-1]):
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
    twice = np.flatnonzero(codes[1:] == codes[:-1])
    if twice.size:
        row = int(order[twice[0]] if order is not None else twice[0])
        raise ParvisError(_key_twice(table, shape, row, int(twice.size)))
    return table if order is None else table.take(pa.array(order))


def key_codes(table: pa.Table, key: tuple[str, ...]) -> np.ndarray:
    """One integer per row, ordered as the key is: equal keys have equal codes."""
    total = np.zeros(table.num_rows, dtype=np.int64)
    for name in key:
        codes, size = _ranks(table[name])
        if total.size and int(total.max(initial=0)) > (2**62) // (size + 1):
            total = np.unique(total, return_inverse=True)[1].astype(np.int64)
        total = total * (size + 1) + codes
    return total


def parquet_bytes(table: pa.Table) -> bytes:
    """The table as Parquet, with settings that never change: equal tables give equal bytes."""
    buffer = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata(None).combine_chunks(),
        buffer,
        version="2.6",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
        row_group_size=1 << 20,
        data_page_size=1 << 20,
        store_schema=False,
    )
    return buffer.getvalue()


def _ranks(column: pa.ChunkedArray) -> tuple[np.ndarray, int]:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    values = array.dictionary
    order = pc.sort_indices(values).to_numpy()
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(1, len(values) + 1)
    indices = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return (np.where(indices < 0, 0, rank[indices]) if len(values) else np.zeros(len(indices), np.int64)), len(values)


def _fits(found: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_dictionary(found):
        found = found.value_type
    if pa.types.is_null(found) or found == wanted:
        return True
    if pa.types.is_string(wanted):
        return bool(pa.types.is_large_string(found) or pa.types.is_string_view(found))
    if pa.types.is_float64(wanted):
        return bool(pa.types.is_integer(found) or pa.types.is_floating(found))
    if pa.types.is_int64(wanted):
        return bool(pa.types.is_integer(found))
    return False


def _typed(
    array: pa.ChunkedArray, wanted: pa.DataType | None, table: str, name: str
) -> tuple[pa.ChunkedArray, list[Fault]]:
    if wanted is None:
        wanted = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
        wanted = pa.string() if pa.types.is_null(wanted) or pa.types.is_large_string(wanted) else wanted
    if array.type != wanted:
        try:
            array = array.cast(wanted)
        except pa.ArrowInvalid:
            return array, [_wrong_type(table, name, str(wanted), str(array.type))]
    if pa.types.is_floating(wanted):
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, wanted), array)
    return array, []


def _column_absent(table: str, column: str) -> Fault:
    return Fault(
        "column_absent",
        Text(
            f"la colonne « {column} » manque dans la table « {table} ».",
            f"column “{column}” is missing from table “{table}”.",
        ),
        Text("Ajoutez-la, vide si elle est inconnue.", "Add it, empty if unknown."),
        {"table": table, "column": column},
    )


def _null_found(table: str, column: str, count: int) -> Fault:
    return Fault(
        "null_found",
        Text(f"{count} cellule(s) vide(s) là où une valeur est obligatoire.", f"{count} empty cell(s) where required."),
        Text("Remplissez-les ou retirez ces lignes.", "Fill them or remove these rows."),
        {"table": table, "column": column},
    )


def _wrong_type(table: str, column: str, wanted: str, found: str) -> Fault:
    return Fault(
        "wrong_type",
        Text(f"le type attendu est {wanted}, le fichier a {found}.", f"the expected type is {wanted}, found {found}."),
        Text("Convertissez la colonne avant de refaire le lot.", "Convert the column, then make the bundle again."),
        {"table": table, "column": column},
    )


def _key_twice(table: pa.Table, shape: TableShape, row: int, count: int) -> Fault:
    key = " / ".join(str(table[name][row].as_py()) for name in shape.key)
    return Fault(
        "key_twice",
        Text(
            f"cette clé ({', '.join(shape.key)}) apparaît deux fois ({count} répétition(s) en tout).",
            f"this key ({', '.join(shape.key)}) appears twice ({count} repetition(s) in all).",
        ),
        Text("Gardez une seule ligne par clé.", "Keep one row per key."),
        {"table": shape.name, "key": key},
    )
