"""The one place that opens a connection for the scan: DuckDB in this process, or the engine that PARVIS_ENGINE names.

The expressions of the tally are written once, in Ibis, and run unchanged on either.
"""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from parvis.core.figures.tally.databases import is_database, unload
from parvis.core.vocabulary import Fault, ParvisError, Text

if TYPE_CHECKING:
    import ibis

DEFAULT = "duckdb"
KNOWN = ("duckdb", "pyspark")

# Spark plans one task per partition: the tally returns thousands of groups, not millions, so a few are enough
_SPARK = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.session.timeZone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Engine:
    """An open engine: it turns data into a table expression and an expression into an Arrow table."""

    name: str
    connection: Any
    _places: ExitStack
    _numbers: Iterator[int] = field(default_factory=count)
    _held: dict[int, tuple[pa.Table, ibis.Table]] = field(default_factory=dict)

    def table(self, data: pa.Table | str | Path) -> ibis.Table:
        """A table expression over an Arrow table, or over a path: .parquet or .csv (read where it is, not loaded), or a
        database file with a single table (see `databases`).

        Raises:
            ParvisError: a path with another extension, a database whose table must be named.
        """
        if isinstance(data, pa.Table):
            if self.name == DEFAULT:
                return self._registered(data)
            # other engines would pass through a data frame, where a null number becomes NaN
            path = self._place()
            pq.write_table(data, path)
            return self.connection.read_parquet(str(path))
        suffix = Path(data).suffix.lower()
        if suffix == ".parquet":
            return self._read("parquet", data)
        if suffix == ".csv":
            return self._read("csv", data)
        if is_database(data):
            return self._read("parquet", unload(data, self._place()))
        raise ParvisError(
            Fault(
                "file_kind",
                Text(f"l’extension « {suffix} » n’est pas lue.", f"the extension “{suffix}” is not read."),
                Text(
                    "Donnez un fichier .csv, .parquet, .sqlite ou .duckdb.",
                    "Give a .csv, .parquet, .sqlite or .duckdb file.",
                ),
                {"file": Path(data).name},
            )
        )

    def _name(self) -> str:
        """Tables are named by their order, so that the same questions of other data are the same SQL."""
        return f"table {next(self._numbers)}"

    def _registered(self, data: pa.Table) -> ibis.Table:
        """A table that is given again keeps its name."""
        import ibis

        if id(data) not in self._held:
            name = self._name()
            self.connection.con.register(name, data)
            self._held[id(data)] = data, ibis.table(ibis.Schema.from_pyarrow(data.schema), name=name)
        return self._held[id(data)][1]

    def _read(self, kind: str, path: str | Path) -> ibis.Table:
        import ibis

        read = getattr(self.connection, f"read_{kind}")
        if self.name != DEFAULT:
            return read(str(path))
        name = self._name()
        return ibis.table(read(str(path), table_name=name).schema(), name=name)

    def whole_sum(self, term: Any) -> Any:
        """The sum of whole numbers, for who knows that it takes 62 bits at most: DuckDB's usual sum keeps 128."""
        whole = _short_sum()(term) if self.name == DEFAULT else term.sum()
        return whole.cast("int64")

    def _place(self) -> Path:
        """Where to write one more table for the length of the engine."""
        return Path(self._places.enter_context(tempfile.TemporaryDirectory(prefix="parvis-")), "table.parquet")

    def collect(self, expression: ibis.Table) -> pa.Table:
        """Run an expression and bring its (few) rows here."""
        if self.name != DEFAULT:
            return self.connection.to_pyarrow(expression)
        from ibis.backends.duckdb.converter import DuckDBPyArrowData

        found = self.connection.con.sql(_sql(expression.op())).to_arrow_table()
        return expression.__pyarrow_result__(found, data_mapper=DuckDBPyArrowData)


@contextmanager
def opened(name: str | None = None) -> Iterator[Engine]:
    """Open the engine for the length of a `with`.

    Args:
        name: `duckdb` or `pyspark`; when None, PARVIS_ENGINE if it is set, else `duckdb`.

    Raises:
        ParvisError: an engine that is not known, or whose extra is not installed.

    >>> with opened("duckdb") as engine:
    ...     engine.collect(engine.table(pa.table({"a": [1, 2]})).count().as_table()).num_rows
    1
    """
    chosen = _chosen(name)
    with ExitStack() as places:
        connection = connect(chosen)
        try:
            yield Engine(chosen, connection, places)
        finally:
            connection.disconnect()


def connect(name: str | None = None) -> Any:
    """A bare Ibis connection, for who reads files of a dataset by itself; `opened` closes it in time.

    Args and raises: as `opened`.
    """
    name = _chosen(name)
    if name == DEFAULT:
        return _backend().from_connection(_started(os.getpid()).cursor())
    if name not in KNOWN:
        raise ParvisError(
            Fault(
                "engine_unknown",
                Text(f"le moteur « {name} » n’est pas connu.", f"the engine “{name}” is not known."),
                Text(f"PARVIS_ENGINE vaut {' ou '.join(KNOWN)}.", f"PARVIS_ENGINE is {' or '.join(KNOWN)}."),
            )
        )
    try:
        spark = importlib.import_module("pyspark.sql").SparkSession
    except ImportError as error:
        raise ParvisError(
            Fault(
                "engine_absent",
                Text("le moteur « pyspark » n’est pas installé.", "the engine “pyspark” is not installed."),
                Text("Installez parvis[cluster].", "Install parvis[cluster]."),
            )
        ) from error
    import ibis

    builder = spark.builder.appName("parvis").master(os.environ.get("PARVIS_SPARK_MASTER", "local[2]"))
    for key, value in _SPARK.items():
        builder = builder.config(key, value)
    return ibis.pyspark.connect(builder.getOrCreate())


@lru_cache(maxsize=512)
def _sql(question: Any) -> str:
    """Writing a question as SQL takes longer than asking it of a few thousand rows: equal ones are written once."""
    import ibis

    return str(ibis.duckdb.compile(question.to_expr()))


@cache
def _short_sum() -> Any:
    """DuckDB's own sum in 64 bits, which it chooses by itself where its statistics prove what we know beforehand."""
    import ibis

    def sum_no_overflow(term: int) -> Decimal: ...  # type: ignore[empty-body]

    sum_no_overflow.__annotations__ = {"term": int, "return": Decimal}
    return ibis.udf.agg.builtin(sum_no_overflow)


@cache
def _backend() -> Any:
    """Ibis's own, which would otherwise look on the disk each time for the version of DuckDB (2 ms)."""
    import duckdb
    from ibis.backends.duckdb import Backend

    return type("Backend", (Backend,), {"version": duckdb.__version__})


@cache
def _started(_process: int) -> Any:
    """DuckDB, started once a process (15 ms of computing each time). What a cursor names stays its own: an engine
    never sees the tables of another. A forked process starts its own: it has none of its parent's threads.
    """
    import duckdb

    return duckdb.connect()


def _chosen(name: str | None) -> str:
    return name or os.environ.get("PARVIS_ENGINE") or DEFAULT
