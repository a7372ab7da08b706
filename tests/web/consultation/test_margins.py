"""Population figures are checked whole, travel with the dataset, and are what weights are made from; none ships."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from parvis.core.figures.calibrated import calibrated_weights
from parvis.core.instruments.method import load_method
from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import actions
from parvis.web.consultation.margins import Ground, read_margins, template
from parvis.web.consultation.models import PopulationMargins
from parvis.web.editions.models import Edition
from parvis.web.people.models import JournalEntry
from parvis.web.results.dataset import dataset_of
from tests.web.consultation.factories import FIRST, NOON, Open
from tests.web.consultation.test_pages import House

GROUND = Ground({"sex": ("woman", "man", "other"), "age": ("young", "old")}, {"25", "69", "210000001"}, regions={})
HEAD = "territory;variable;level;total\n"
GOOD = HEAD + "25;sex;woman;52 000\n25;sex;man;48000,0\n25;age;young;40000\n25;age;old;60000\n"


def codes(content: str | bytes, ground: Ground = GROUND) -> list[tuple[str, str]]:
    with pytest.raises(ParvisError) as refused:
        read_margins(content if isinstance(content, bytes) else content.encode(), ground)
    return [(fault.code, fault.where.get("row", "")) for fault in refused.value.faults]


def test_a_file_is_read_as_people_write_it() -> None:
    expected = [("25", "sex", "woman", 52000.0), ("25", "sex", "man", 48000.0), ("25", "age", "young", 40000.0),
                ("25", "age", "old", 60000.0)]  # fmt: skip
    assert read_margins(GOOD.encode("utf-8-sig"), GROUND) == expected
    french = GOOD.replace(HEAD, "Territoire;Variable;Modalité;Effectif\n").replace("\n", "\r\n")
    assert read_margins(french.encode(), GROUND) == expected


def test_every_fault_is_told_with_its_line() -> None:
    wrong = HEAD + "99;sex;woman;5\n25;height;tall;5\n25;sex;cat;5\n25;sex;man;-3\n25;sex;man;beaucoup\n"
    assert codes(wrong) == [
        ("margins_territory", "2"), ("margins_variable", "3"), ("margins_level", "4"), ("margins_total", "5"),
        ("margins_total", "6"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00", "margins_unreadable"),
        ("territory;level\n25;woman\n", "margins_columns"),
        (HEAD, "margins_empty"),
        (GOOD + "25;sex;man;48000\n", "margins_twice"),
        (GOOD.replace("60000", "80000"), "margins_disagree"),
        (GOOD + "FR;sex;man;48000\n", "margins_everyone"),
    ],
)
def test_what_no_row_alone_can_tell(content: str | bytes, code: str) -> None:
    assert code in [found for found, _ in codes(content)]


def test_a_departement_that_bears_the_code_of_a_region_never_serves_the_region() -> None:
    """93 is Seine-Saint-Denis, and Provence-Alpes-Côte d'Azur, in which 13 lies."""
    ground = Ground(GROUND.levels, {"93", "13"}, regions={"93": "11", "13": "93"})
    only = GOOD.replace("25;", "93;")
    assert codes(only, ground) == [("margins_region", "")]
    assert len(read_margins((only + GOOD.replace(HEAD, "").replace("25;", "13;")).encode(), ground)) == 8


def test_the_template_holds_every_level_and_no_total() -> None:
    lines = template(Ground(GROUND.levels, ["25"])).splitlines()
    assert (len(lines), lines[1]) == (6, "25;sex;woman;")


@pytest.mark.django_db
def test_figures_travel_with_the_dataset_and_weigh_the_answers() -> None:
    """Three women answered for one man, of a body half of whose people are men: he weighs three times as much.

    Someone of neither sex, whom the source does not know, stops nothing.
    """
    consultation = Open()
    responses = [
        actions.NewResponse(entry_point=consultation.qr, answers=FIRST | {"sex": sex}, at=NOON)
        for sex in ("woman", "woman", "woman", "man", "other") * 5
    ]
    actions.record_responses(consultation.edition, responses=responses, by=consultation.organiser, at=NOON, seed=1)
    dataset = dataset_of(consultation.edition, frozen_at=NOON)
    assert dataset.table("margins").num_rows == 0
    body = consultation.body.identifier
    content = HEAD + f"{body};sex;woman;5000\n{body};sex;man;5000\n"
    actions.put_margins(consultation.edition, content=content.encode(), source="Recensement inventé 2022",
                        by=consultation.organiser, at=NOON)  # fmt: skip
    dataset = dataset_of(consultation.edition, frozen_at=NOON)
    told = dataset.table("responses")
    weights, _ = calibrated_weights(dataset, told, load_method("2026")[0])
    found = dict(zip(told["sex"].to_pylist(), weights.tolist(), strict=True))
    assert found["man"] / found["woman"] == pytest.approx(3.0)


@pytest.mark.django_db
def test_the_organiser_deposits_checks_and_takes_away_until_the_data_are_frozen() -> None:
    house = House()
    client, address = house.as_(house.organiser), reverse("organiser:consultation:margins", args=[house.edition.slug])
    assert "aucun chiffre de population n’est déposé" in client.get(address).content.decode()
    filled = client.get(f"{address}modele.csv").content.decode().replace(";\r\n", ";100\r\n")

    def put(text: str, source: str = "Recensement inventé") -> str:
        given: dict[str, Any] = {"file": SimpleUploadedFile("marges.csv", text.encode()), "source": source}
        return client.post(address, given, follow=True).content.decode()

    assert "n’ont pas le même total" in put(filled)  # five ages, three sexes…: not one population
    one = "\n".join(line for line in filled.splitlines() if ";sex;" in line or "total" in line)
    assert "Recensement inventé" in put(one)
    assert PopulationMargins.objects.get().rows[0][1:] == ["sex", "woman", 100.0]
    Edition.objects.update(state=Edition.State.FROZEN)
    assert "ne changent plus" in put(one)
    client.post(f"{address}retirer/")
    assert PopulationMargins.objects.count() == 1
    Edition.objects.update(state=Edition.State.REVIEW)
    client.post(f"{address}retirer/")
    assert PopulationMargins.objects.count() == 0
    assert list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "margins.put",
        "margins.removed",
    ]
