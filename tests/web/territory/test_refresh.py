"""The maintenance script, on a package of our own making: two communes that merged, one EPCI, an island."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

IN_FORCE = {"type": "commune-actuelle", "departement": "90", "region": "27"}
FORMERLY = {"anciensCodes": ["68900"]}
ISLAND = {
    "code": "97799",
    "nom": "Île",
    "type": "commune-actuelle",
    "collectiviteOutremer": {"code": "977", "nom": "Îles"},
}
MEMBERS = [{"code": "90001"}, {"code": "90002"}]
PACKAGE = {
    "communes": [
        IN_FORCE | {"code": "90002", "nom": "L'Aval", "siren": "732829320", "population": 120, **FORMERLY},
        IN_FORCE | {"code": "90001", "nom": "Amont", "siren": "212500565", "population": 880},
        IN_FORCE | {"code": "90003", "nom": "Roc"},
        {"code": "90004", "nom": "Petit-Aval", "type": "commune-deleguee", "chefLieu": "90002"},
        {"code": "90002", "nom": "L'Aval", "type": "commune-deleguee", "chefLieu": "90002"},
        ISLAND,
    ],
    "epci": [{"code": "242500361", "nom": "CC de l'Eau", "type": "CC", "membres": MEMBERS}],
    "ept": [],
    "departements": [{"code": "90", "nom": "Territoire de Belfort", "region": "27", "typeLiaison": 2}],
    "regions": [{"code": "27", "nom": "Bourgogne-Franche-Comté"}],
}


def pack(folder: Path) -> None:
    with tarfile.open(folder / "etalab-decoupage-administratif-6.0.0.tgz", "w:gz") as archive:
        for name, rows in PACKAGE.items():
            content = json.dumps(rows).encode()
            entry = tarfile.TarInfo(f"package/data/{name}.json")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def refresh(packs: Path, out: Path) -> dict[str, bytes]:
    script = ROOT / "scripts" / "refresh_territories.py"
    command = [sys.executable, str(script), "2026", "--packs", str(packs), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return {path.name: path.read_bytes() for path in sorted(out.rglob("*.*")) if path.is_file()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(gzip.decompress(content).decode())))


def test_the_same_package_gives_the_same_bytes_and_the_tables_that_it_tells(tmp_path: Path) -> None:
    pack(tmp_path)
    first, again = refresh(tmp_path, tmp_path / "one"), refresh(tmp_path, tmp_path / "two")
    assert first == again
    communes = {row["code"]: row for row in rows(first["communes.csv.gz"])}
    assert list(communes) == ["90001", "90002", "90003", "97799"]
    assert communes["90002"]["epci"] == "242500361"
    assert communes["97799"]["departement"] == communes["97799"]["region"] == "977"
    assert communes["90003"]["population"] == ""  # unknown is not zero
    (epci,) = rows(first["epcis.csv.gz"])
    assert (epci["population"], epci["members"], epci["departement"]) == ("1000", "2", "90")  # 880 + 120
    belfort = next(row for row in rows(first["departements.csv.gz"]) if row["code"] == "90")
    assert (belfort["full_name"], belfort["population"]) == ("Département du Territoire de Belfort", "1000")
    former = {row["code"]: (row["nature"], row["present"]) for row in rows(first["former_communes.csv.gz"])}
    assert former == {"68900": ("code", "90002"), "90004": ("deleguee", "90002")}
    assert b"| communes | 4 |" in first["SOURCES.md"]
