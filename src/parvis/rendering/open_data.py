"""What everyone may take away of a publication: national and category figures, the named palmarès, the method."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from parvis.core.bundle import Result, SubjectKind
from parvis.core.figures.scoring import NATION

PUBLIC_SUBJECTS = (SubjectKind.NATION.value, SubjectKind.CATEGORY.value)
PALMARES = ("category", "rank", "organisation", "kind")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # equal content, equal bytes
_READ_ME = """Parvis – données ouvertes · open data

estimates.csv    figures nationales et par catégorie / national and category figures
                 value, low, high: 0–100 (scores) or 0–1 (shares); empty unless status is "published"
reliability.csv  ce que valent ces figures : classabilité, représentativité, sévérité, contacts à prévoir
                 what these figures are worth: rankability, representativity, severity, contacts to plan
palmares.csv     lauréats qui ont accepté d’être nommés / laureates who agreed to be named
method.toml      la méthode, avec la raison de chaque choix / the method, with the reason of each choice
manifest.json    empreintes et versions / hashes and versions

Observé et perçu ne sont jamais mélangés. Un chiffre absent n’est pas un zéro.
Observed and perceived are never mixed. An absent figure is not a zero.
{note}"""
_DEMONSTRATION = "\nDÉMONSTRATION : données fictives. DEMONSTRATION: invented data.\n"


def open_data_zip(
    result: Result, *, palmares: Iterable[Mapping[str, Any]], method_text: str, demonstration: bool = False
) -> bytes:
    """A ZIP of the tables that may be public.

    palmares: rows with category, rank, organisation (a name, given only for laureates who agreed) and kind.
    Returns the bytes of the archive; equal inputs give equal bytes. No organisation but the named ones appears in it.
    """
    manifest = {
        name: result.manifest[name] for name in ("edition", "method", "software", "dataset") if name in result.manifest
    }
    files = {
        "LISEZMOI.txt": _READ_ME.format(note=_DEMONSTRATION if demonstration else ""),
        "estimates.csv": _public_estimates(result),
        "reliability.csv": _public_reliability(result),
        "palmares.csv": _csv(PALMARES, [[row[name] for name in PALMARES] for row in palmares]),
        "method.toml": method_text,
        "manifest.json": json.dumps(
            {**manifest, "demonstration": demonstration}, indent=1, sort_keys=True, default=str
        ),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), content.encode())
    return buffer.getvalue()


def _public_estimates(result: Result) -> str:
    table = result.table("estimates")
    rows = [row for row in table.to_pylist() if row["subject_kind"] in PUBLIC_SUBJECTS]
    return _csv(table.column_names, [[row[name] for name in table.column_names] for row in rows])


def _public_reliability(result: Result) -> str:
    """The diagnostics that speak of categories or of everybody; never those of one body or of a territory."""
    table = result.table("diagnostics")
    everybody = {("participation", NATION), ("observers", "")}
    rows = [
        [row[name] for name in table.column_names]
        for row in table.to_pylist()
        if row["piece"] == "ranking" or (row["piece"], row["subject"]) in everybody
    ]
    return _csv(table.column_names, rows)


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
