"""Dataset and Result: the two bundles that the layers, the auditors and the command line exchange.

A bundle is a folder, or the same files in a .zip: one Parquet file per table and `manifest.json` with their hashes.
"""

from parvis.core.bundle.columns import TableShape
from parvis.core.bundle.content import check_dataset
from parvis.core.bundle.dataset_tables import DATASET_FORMAT, DATASET_TABLES
from parvis.core.bundle.disk import read_dataset, read_result, write_dataset, write_result
from parvis.core.bundle.kinds import Dataset, Result, fingerprint
from parvis.core.bundle.result_tables import ORGANISER_ONLY, RESULT_FORMAT, RESULT_TABLES, MeasureKind, SubjectKind

__all__ = [
    "DATASET_FORMAT",
    "DATASET_TABLES",
    "ORGANISER_ONLY",
    "RESULT_FORMAT",
    "RESULT_TABLES",
    "Dataset",
    "MeasureKind",
    "Result",
    "SubjectKind",
    "TableShape",
    "check_dataset",
    "fingerprint",
    "read_dataset",
    "read_result",
    "write_dataset",
    "write_result",
]
