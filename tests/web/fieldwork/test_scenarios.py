"""The registry of scenarios: an ethics verdict before use, versions, limits of use, retirement."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from parvis.core.vocabulary import ParvisError
from parvis.web.fieldwork.actions import (
    NewMission,
    change_scenario,
    plan_missions,
    retire_scenario,
    review_ethics,
    write_scenario,
)
from parvis.web.fieldwork.models import Scenario
from tests.web.fieldwork.factories import NOON, Field, ScenarioFactory

pytestmark = pytest.mark.django_db
WORDS = {"title": "Carte de pêche", "text": "Demandez où l’obtenir."}


def codes(refused: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def written(field: Field) -> Scenario:
    return write_scenario(field.edition, code="peche", channel="phone", **WORDS, by=field.organiser, at=NOON)


def test_a_scenario_serves_after_a_favourable_verdict_only() -> None:
    field = Field()
    scenario = written(field)
    assert not scenario.is_ready
    with pytest.raises(ParvisError) as refused:
        review_ethics(scenario, verdict="refused", by=field.organiser, at=NOON)
    assert codes(refused) == ["reason_needed"]
    review_ethics(scenario, verdict="refused", reason="Demande une pièce", by=field.organiser, at=NOON)
    assert not scenario.is_ready
    with pytest.raises(ParvisError) as refused:
        review_ethics(scenario, by=field.organiser, at=NOON)
    assert codes(refused) == ["scenario_reviewed"]
    with pytest.raises(ParvisError) as refused:
        written(field)
    assert codes(refused) == ["scenario_code_taken"]


def test_a_reviewed_scenario_changes_by_a_new_version_and_the_old_one_is_retired() -> None:
    field = Field()
    scenario = written(field)
    change_scenario(scenario, **WORDS | {"title": "Carte de chasse"}, by=field.organiser, at=NOON)
    assert Scenario.objects.count() == 1  # nobody had read it yet
    review_ethics(scenario, by=field.organiser, at=NOON)
    new = change_scenario(scenario, **WORDS, by=field.organiser, at=NOON)
    scenario.refresh_from_db()
    assert (new.version, new.code, new.is_ready) == (2, "peche", False)
    assert (scenario.active, scenario.retired_reason) == (False, "Remplacé par la version 2")
    with pytest.raises(ParvisError) as refused:
        change_scenario(scenario, **WORDS, by=field.organiser, at=NOON)
    assert codes(refused) == ["scenario_retired"]


def test_a_scenario_is_never_planned_beyond_its_limit_nor_once_retired() -> None:
    field = Field()
    scenario = ScenarioFactory(edition=field.edition, most_uses=2)
    field.mission(scenario=scenario)
    new = NewMission(field.enrolment, field.place, "phone", date(2026, 3, 10), date(2026, 3, 20), scenario=scenario)
    with pytest.raises(ParvisError) as refused:
        plan_missions(field.edition, missions=[new, new], by=field.organiser, at=NOON)
    assert set(codes(refused)) == {"scenario_spent"}
    plan_missions(field.edition, missions=[new], by=field.organiser, at=NOON)
    retire_scenario(scenario, reason="Trop connu", by=field.organiser, at=NOON)
    with pytest.raises(ParvisError) as refused:
        plan_missions(field.edition, missions=[new], by=field.organiser, at=NOON)
    assert codes(refused) == ["scenario_not_ready", "scenario_spent"]


def test_the_registry_is_kept_on_its_pages() -> None:
    field = Field()
    client = Client()
    client.force_login(field.organiser)
    at = f"/pilotage/{field.edition.slug}/terrain/scenarios"
    client.post(
        f"{at}/nouveau/", {**WORDS, "channel": "phone", "code": "peche", "burden_minutes": "5", "most_uses": "3"}
    )
    scenario = Scenario.objects.get()
    assert "avis attendu" in client.get(f"{at}/").content.decode()
    client.post(f"{at}/{scenario.pk}/", {"judge": "1", "verdict": "accepted"})
    scenario.refresh_from_db()
    assert (scenario.is_ready, scenario.burden_minutes, scenario.most_uses) == (True, 5, 3)
    for _ in range(3):
        field.mission(scenario=scenario)
    page = client.get(f"{at}/{scenario.pk}/").content.decode()
    assert field.enrolment.organisation.name in page
    assert "limite atteinte" in page
    answer = client.post(f"{at}/{scenario.pk}/", {"change": "1", **WORDS, "burden_minutes": "5"})
    assert answer["Location"] == f"{at}/{Scenario.objects.get(version=2).pk}/"
    client.post(answer["Location"], {"retire": "1", "reason": "Trop connu"})
    assert Scenario.objects.filter(active=True).count() == 0
