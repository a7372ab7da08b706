"""The shipped tables against the official figures, without any database."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import Counter
from functools import cache

import pytest

from parvis.core.vocabulary import ParvisError
from parvis.web.territory import codes, vintages

OVERSEAS = ("975", "977", "978", "98")  # outside the official count of communes


@cache
def tables(year: int) -> vintages.Tables:
    return vintages.read(year)


def units(year: int, kind: str) -> dict[str, vintages.Row]:
    return {row["code"]: row for row in tables(year).units if row["kind"] == kind}


def official(year: int) -> list[vintages.Row]:
    return [row for row in units(year, "commune").values() if not row["code"].startswith(OVERSEAS)]


# Code officiel géographique of INSEE at 1 January: 34,965 communes in 2021, 34,875 in 2026.
@pytest.mark.parametrize(("year", "count"), [(2021, 34_965), (2026, 34_875)])
def test_the_official_count_of_communes(year: int, count: int) -> None:
    assert len(official(year)) == count
    assert len(units(year, "commune")) == count + 94


def test_communes_by_size_in_2026() -> None:
    sizes = [int(row["population"]) for row in official(2026)]
    assert sum(size > 2_000 for size in sizes) == 5_506
    assert sum(size > 100_000 for size in sizes) == 42


# List of EPCI of the DGCL at 1 January 2026, and the eleven EPT of Grand Paris.
def test_intercommunalites_by_nature_in_2026() -> None:
    natures = Counter(row["nature"] for row in units(2026, "epci").values())
    assert natures == {"CC": 989, "CA": 230, "CU": 14, "METRO": 21, "MET69": 1}
    assert len(units(2026, "ept")) == len(units(2021, "ept")) == 11


@pytest.mark.parametrize(("year", "members"), [(2021, 68), (2026, 67)])
def test_grand_besancon_metropole_has_the_communes_of_its_vintage(year: int, members: int) -> None:
    assert units(year, "epci")["242500361"]["members"] == str(members)
    assert sum(row["epci"] == "242500361" for row in units(year, "commune").values()) == members


@pytest.mark.parametrize("year", [2021, 2026])
def test_every_commune_of_the_official_count_and_every_epci_has_a_valid_siren_of_its_own(year: int) -> None:
    rows = [*official(year), *units(year, "epci").values(), *units(year, "ept").values()]
    assert all(codes.is_siren(row["siren"]) for row in rows)
    known = [row["siren"] for row in tables(year).units if row["siren"]]
    assert len(known) == len(set(known))
    assert all(codes.is_siren(siren) for siren in known)


@pytest.mark.parametrize("year", [2021, 2026])
def test_only_four_island_communes_stand_outside_any_intercommunalite(year: int) -> None:
    alone = [row["name"] for row in official(year) if not row["epci"]]
    assert sorted(alone) == ["L'Île-d'Yeu", "Ouessant", "Île-de-Bréhat", "Île-de-Sein"]


@pytest.mark.parametrize("year", [2021, 2026])
def test_the_ept_share_out_grand_paris_but_paris(year: int) -> None:
    communes = units(year, "commune").values()
    inside = {row["code"] for row in communes if row["epci"] == "200054781"}
    assert {row["code"] for row in communes if row["ept"]} == inside - {"75056"}


@pytest.mark.parametrize("year", [2021, 2026])
def test_populations_add_up_at_every_level(year: int) -> None:
    whole = sum(int(row["population"] or 0) for row in units(year, "commune").values())
    geographic = [row for row in units(year, "departement").values() if not row["extent"]]
    assert sum(int(row["population"] or 0) for row in geographic) == whole
    assert sum(int(row["population"] or 0) for row in units(year, "region").values()) == whole


@pytest.mark.parametrize("year", [2021, 2026])
def test_assemblies_that_differ_from_their_departement(year: int) -> None:
    departements, regions = units(year, "departement"), units(year, "region")
    rhone, metropole, alsace = departements["69D"], units(year, "epci")["200046977"], departements["6AE"]
    parts = int(rhone["population"]) + int(metropole["population"])
    assert parts == int(departements["69"]["population"])
    assert int(alsace["population"]) == int(departements["67"]["population"]) + int(departements["68"]["population"])
    answered = {code: row["answered_by"] for code, row in departements.items() if row["answered_by"]}
    assert answered == {
        "67": "departement:6AE",
        "68": "departement:6AE",
        "69": "departement:69D epci:200046977",
        "75": "commune:75056",
        "2A": "region:94",
        "2B": "region:94",
        "972": "region:02",
        "973": "region:03",
    }
    assert regions["06"]["answered_by"] == "departement:976"
    assert [regions[code]["full_name"] for code in ("02", "03", "94")] == [
        "Collectivité territoriale de Martinique",
        "Collectivité territoriale de Guyane",
        "Collectivité de Corse",
    ]


@pytest.mark.parametrize("year", [2021, 2026])
def test_a_hundred_and_one_departements_and_eighteen_regions(year: int) -> None:
    metropolitan_and_drom = [code for code in units(year, "departement") if not code.startswith(OVERSEAS)]
    assert len(set(metropolitan_and_drom) - {"69D", "6AE"}) == 101
    assert sum(not code.startswith(OVERSEAS) for code in units(year, "region")) == 18


@pytest.mark.parametrize("year", [2021, 2026])
def test_former_codes_lead_to_communes_in_force_and_are_none_themselves(year: int) -> None:
    communes = units(year, "commune")
    assert all(row["present"] in communes and row["code"] not in communes for row in tables(year).former)
    lead = {row["code"]: row["present"] for row in tables(year).former}
    assert (lead["75112"], lead["69381"], lead["13216"]) == ("75056", "69123", "13055")


def test_every_commune_of_2021_leads_somewhere_in_2026() -> None:
    lead = {row["code"]: row["present"] for row in tables(2026).former}
    gone = set(units(2021, "commune")) - set(units(2026, "commune"))
    assert len(gone) == 102
    assert gone <= set(lead)
    assert lead["93059"] == "93066"  # Pierrefitte-sur-Seine joined Saint-Denis in 2025


def test_nobody_is_counted_on_desert_islands_and_villages_destroyed_in_1916_count_zero() -> None:
    unknown = [row["code"] for row in units(2026, "commune").values() if not row["population"]]
    empty = [row["code"] for row in units(2026, "commune").values() if row["population"] == "0"]
    assert unknown == ["98411", "98412", "98413", "98414", "98415", "98901"]
    assert empty == ["55039", "55050", "55139", "55189", "55239", "55307"]


def test_a_vintage_that_does_not_ship_is_refused_with_those_that_do() -> None:
    with pytest.raises(ParvisError) as refused:
        vintages.read(1999)
    assert "2021, 2026" in refused.value.messages("fr")[0]


def test_the_sources_tell_the_hash_of_every_table() -> None:
    sources = (vintages.shelf() / "SOURCES.md").read_text(encoding="utf-8")
    told = re.findall(r"\| (\w+) \| \d+ \| `([0-9a-f]{64})` \|", sources)
    real = []
    for year in vintages.available():
        for table in [*vintages.TABLES, vintages.FORMER]:
            packed = (vintages.shelf() / str(year) / f"{table}.csv.gz").read_bytes()
            assert packed[4:8] == b"\0\0\0\0"  # no moment inside: the same tables give the same bytes
            real.append((table, hashlib.sha256(gzip.decompress(packed)).hexdigest()))
    assert told == real
