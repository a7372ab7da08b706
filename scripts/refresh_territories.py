#!/usr/bin/env python3
"""Rebuild src/parvis/territories from the official division of France, one folder a vintage (maintenance only).

    python scripts/refresh_territories.py 2021 2026            # asks npm for the packages
    python scripts/refresh_territories.py 2026 --packs FOLDER  # reads packages already fetched by `npm pack`

The same packages always give the same bytes. To add a vintage, add its line to VINTAGES.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = "@etalab/decoupage-administratif"
HERE = Path(__file__).resolve().parent
TERRITORIES = HERE.parent / "src" / "parvis" / "territories"
Row = dict[str, Any]


@dataclass(frozen=True)
class Vintage:
    """Which version of the package tells a year; older versions lack the EPT and the SIREN of four island communes."""

    version: str
    ept_version: str
    siren_version: str
    census: str


VINTAGES = {
    2021: Vintage("1.1.1", ept_version="3.1.1", siren_version="6.0.0", census="2019"),
    2022: Vintage("2.3.1", ept_version="3.1.1", siren_version="6.0.0", census="2019"),
    2023: Vintage("3.1.1", ept_version="3.1.1", siren_version="6.0.0", census="2020"),
    2024: Vintage("4.1.0", ept_version="4.1.0", siren_version="6.0.0", census="2021"),
    2025: Vintage("5.3.0", ept_version="5.3.0", siren_version="6.0.0", census="2022"),
    2026: Vintage("6.0.0", ept_version="6.0.0", siren_version="6.0.0", census="2023"),
}

# Where no council of the same name and extent answers for the unit: who does (kind:code, in order of extent).
ANSWERED_BY = {
    ("departement", "67"): "departement:6AE",
    ("departement", "68"): "departement:6AE",
    ("departement", "69"): "departement:69D epci:200046977",
    ("departement", "75"): "commune:75056",
    ("departement", "2A"): "region:94",
    ("departement", "2B"): "region:94",
    ("departement", "972"): "region:02",
    ("departement", "973"): "region:03",
    ("region", "06"): "departement:976",
}
# Councils that answer for another extent than one département: code, name, region, extent.
COUNCILS = [
    ("6AE", "Collectivité européenne d’Alsace", "44", "departement:67 departement:68"),
    ("69D", "Département du Rhône", "84", "departement:69 -epci:200046977"),
]
COUNCIL_NAMES = {
    ("region", "02"): "Collectivité territoriale de Martinique",
    ("region", "03"): "Collectivité territoriale de Guyane",
    ("region", "94"): "Collectivité de Corse",
    ("departement", "976"): "Département de Mayotte",
}
SINGLE = {("region", "02"), ("region", "03"), ("region", "94"), ("departement", "976")}
# typeLiaison of the official geographic code: how a name follows "Département".
LIAISONS = {0: "de ", 1: "d’", 2: "du ", 3: "de la ", 4: "des ", 5: "de l’", 6: "des ", 7: "de las ", 8: "de los "}

UNIT_COLUMNS = ["code", "siren", "name", "full_name", "nature", "departement", "region", "population", "members"]
COLUMNS = {
    "communes": ["code", "siren", "name", "departement", "region", "epci", "ept", "population"],
    "epcis": ["code", "siren", "name", "nature", "departement", "region", "population", "members"],
    "departements": [*UNIT_COLUMNS, "extent", "answered_by"],
    "regions": [*UNIT_COLUMNS, "extent", "answered_by"],
    "former_communes": ["code", "name", "nature", "present"],
}


def fetch(version: str, packs: Path) -> Path:
    pack = packs / f"{PACKAGE.lstrip('@').replace('/', '-')}-{version}.tgz"
    if not pack.exists():
        subprocess.run(["npm", "pack", f"{PACKAGE}@{version}"], cwd=packs, check=True, capture_output=True)
    return pack


def read(pack: Path, name: str) -> list[Row]:
    with tarfile.open(pack) as archive:
        stream = archive.extractfile(f"package/data/{name}.json")
        return json.load(stream) if stream else []


def communes(source: list[Row], epcis: list[Row], epts: list[Row], newest: list[Row]) -> list[Row]:
    epci_of = {member["code"]: epci["code"] for epci in epcis for member in epci["membres"]}
    ept_of = {member["code"]: ept["code"] for ept in epts for member in ept["membres"]}
    sirens = {each["code"]: each.get("siren", "") for each in newest if each["type"] == "commune-actuelle"}
    sirens |= {member["code"]: member["siren"] for epci in epcis for member in epci["membres"] if member.get("siren")}
    rows = []
    for each in source:
        if each["type"] != "commune-actuelle":
            continue
        overseas = each.get("collectiviteOutremer", {}).get("code", "")
        rows.append(
            {
                "code": each["code"],
                "siren": each.get("siren") or sirens.get(each["code"], ""),
                "name": each["nom"],
                "departement": each.get("departement", overseas),
                "region": each.get("region", overseas),
                "epci": epci_of.get(each["code"], ""),
                "ept": ept_of.get(each["code"], ""),
                "population": each.get("population"),
            }
        )
    return sorted(rows, key=lambda row: row["code"])


def former_communes(source: list[Row], present: set[str]) -> list[Row]:
    """Codes that are no commune (any more) and the commune that they lead to; what is declared wins over history."""
    found: dict[str, Row] = {}
    for each in source:
        target = each.get("chefLieu") or each.get("commune")
        if each["type"] != "commune-actuelle" and target in present and each["code"] not in present:
            found[each["code"]] = {
                "code": each["code"],
                "name": each["nom"],
                "nature": each["type"].removeprefix("commune-").removesuffix("-municipal"),
                "present": target,
            }
    for each in source:
        for code in each.get("anciensCodes", []) if each["type"] == "commune-actuelle" else []:
            if code not in present and code not in found:
                found[code] = {"code": code, "name": "", "nature": "code", "present": each["code"]}
    return [found[code] for code in sorted(found)]


def gather(rows: list[Row], key: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def total(members: list[Row]) -> Row:
    """Population (one census for every kind of unit) and number of communes."""
    known = [row["population"] for row in members if row["population"] is not None]
    return {"population": sum(known) if known else None, "members": len(members)}


def epcis(source: list[Row], epts: list[Row], members: list[Row]) -> list[Row]:
    groups = {"epci": gather(members, "epci"), "ept": gather(members, "ept")}
    rows = []
    for kind, units in (("epci", source), ("ept", epts)):
        for each in units:
            inside = groups[kind][each["code"]]
            people: Counter[tuple[str, str]] = Counter()
            for row in inside:
                people[row["departement"], row["region"]] += row["population"] or 0
            (departement, region), _ = people.most_common(1)[0]
            rows.append(
                {
                    "code": each["code"],
                    "siren": each["code"],
                    "name": each["nom"],
                    "nature": each["type"],
                    "departement": departement,
                    "region": region,
                    **total(inside),
                }
            )
    return sorted(rows, key=lambda row: row["code"])


def typography(name: str) -> str:
    """Published names keep their typewriter apostrophe; the full names that we compose have the French one."""
    return name.replace("'", "’")


def unit(kind: str, code: str, name: str, region: str, members: list[Row], **fields: Any) -> Row:
    answered_by = ANSWERED_BY.get((kind, code), "")
    nature = "" if answered_by else "unique" if (kind, code) in SINGLE else kind
    departement = code if kind == "departement" else ""
    row = {"code": code, "siren": "", "name": name, "departement": departement, "region": region, "nature": nature}
    return row | {"extent": "", "answered_by": answered_by, "full_name": name} | total(members) | fields


def departements(source: list[Row], overseas: dict[str, str], members: list[Row]) -> list[Row]:
    groups = gather(members, "departement")
    rows = []
    for each in source:
        if each.get("zone") == "com":
            continue
        full_name = "Département " + LIAISONS[each["typeLiaison"]] + typography(each["nom"])
        full_name = COUNCIL_NAMES.get(("departement", each["code"]), full_name)
        if ("departement", each["code"]) in ANSWERED_BY:
            full_name = each["nom"]
        inside = groups[each["code"]]
        rows.append(unit("departement", each["code"], each["nom"], each["region"], inside, full_name=full_name))
    for code, name in overseas.items():  # one collectivity, named by its code in both columns
        nature = "com" if total(groups[code])["population"] else ""
        rows.append(unit("departement", code, name, code, groups[code], nature=nature))
    for code, name, region, extent in COUNCILS:
        wanted = {word.split(":")[1] for word in extent.split() if word.startswith("departement:")}
        without = {word.split(":")[1] for word in extent.split() if word.startswith("-epci:")}
        inside = [row for row in members if row["departement"] in wanted and row["epci"] not in without]
        first = min(wanted)
        rows.append(unit("departement", code, name, region, inside, extent=extent, departement=first))
    return sorted(rows, key=lambda row: row["code"])


def regions(source: list[Row], overseas: dict[str, str], members: list[Row]) -> list[Row]:
    groups = gather(members, "region")
    rows = []
    for each in source:
        if each.get("zone") == "com":
            continue
        full_name = COUNCIL_NAMES.get(("region", each["code"]), f"Région {typography(each['nom'])}")
        full_name = each["nom"] if ("region", each["code"]) in ANSWERED_BY else full_name
        rows.append(unit("region", each["code"], each["nom"], each["code"], groups[each["code"]], full_name=full_name))
    for code, name in overseas.items():
        answered_by = f"departement:{code}"
        rows.append(unit("region", code, name, code, groups[code], nature="", answered_by=answered_by))
    return sorted(rows, key=lambda row: row["code"])


def with_sirens(kind: str, rows: list[Row]) -> list[Row]:
    with (HERE / "assemblies.csv").open(encoding="utf-8", newline="") as stream:
        sirens = {row["code"]: row["siren"] for row in csv.DictReader(stream) if row["kind"] == kind}
    return [row | {"siren": sirens.get(row["code"], "")} for row in rows]


def build(year: int, packs: Path) -> dict[str, list[Row]]:
    told = VINTAGES[year]
    pack = fetch(told.version, packs)
    source, grouped = read(pack, "communes"), read(pack, "epci")
    epts = read(fetch(told.ept_version, packs), "ept")
    rows = communes(source, grouped, epts, read(fetch(told.siren_version, packs), "communes"))
    named = [each["collectiviteOutremer"] for each in source if "collectiviteOutremer" in each]
    overseas = {each["code"]: each["nom"] for each in [*named, *read(pack, "departements")] if len(each["code"]) == 3}
    overseas = {code: name for code, name in overseas.items() if code[:3] in {"975", "977", "978"} or code[:2] == "98"}
    return {
        "communes": rows,
        "epcis": epcis(grouped, epts, rows),
        "departements": with_sirens("departement", departements(read(pack, "departements"), overseas, rows)),
        "regions": with_sirens("region", regions(read(pack, "regions"), overseas, rows)),
        "former_communes": former_communes(source, {row["code"] for row in rows}),
    }


def write(folder: Path, tables: dict[str, list[Row]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS[name], lineterminator="\n", extrasaction="raise")
        writer.writeheader()
        writer.writerows(rows)
        with (folder / f"{name}.csv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
            packed.write(text.getvalue().encode())


def tell_sources(folder: Path) -> None:
    """SOURCES.md: what each vintage was made from, and the hash of each table (of its text, not of its wrapping)."""
    lines = [(HERE / "territories_sources.md").read_text(encoding="utf-8").rstrip(), ""]
    for year in sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit()):
        told = VINTAGES[year]
        lines += [f"## {year}", "", f"`{PACKAGE}` {told.version} · populations: census of {told.census}."]
        if told.ept_version != told.version:
            lines.append(f"EPT from version {told.ept_version}, the first to list them; their communes are the same.")
        if told.siren_version != told.version:
            lines.append(f"SIREN of the communes outside any EPCI from version {told.siren_version}.")
        lines += ["", "| table | rows | sha256 |", "|---|---|---|"]
        for name in COLUMNS:
            text = gzip.decompress((folder / str(year) / f"{name}.csv.gz").read_bytes())
            rows = text.count(b"\n") - 1
            lines.append(f"| {name} | {rows} | `{hashlib.sha256(text).hexdigest()}` |")
        lines.append("")
    (folder / "SOURCES.md").write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vintages", nargs="+", type=int, choices=sorted(VINTAGES))
    parser.add_argument("--packs", type=Path, help="folder of packages already fetched")
    parser.add_argument("--out", type=Path, default=TERRITORIES)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for year in asked.vintages:
            tables = build(year, (asked.packs or Path(scratch)).resolve())
            write(asked.out / str(year), tables)
            print(year, {name: len(rows) for name, rows in tables.items()})
    tell_sources(asked.out)


if __name__ == "__main__":
    main()
