"""From closed fieldwork to delivered scorecards: what is written never changes, a correction is a new publication."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client

from parvis.cli import main
from parvis.core.bundle import fingerprint, read_dataset, read_result
from parvis.web.jobs.models import Mail
from parvis.web.people.models import JournalEntry
from parvis.web.results.actions import deliver, freeze_again, publish_correction, read_frozen
from parvis.web.results.models import Delivery, Publication
from parvis.web.results.queries import (
    current_dataset,
    current_publication,
    delivered_scorecard,
    delivered_scorecards,
    jury_rows,
    palmares_rows,
)
from tests.cast import World
from tests.factories import MOMENT, DeliveryFactory, DistinctionFactory, ScorecardFactory
from tests.refused import refused

pytestmark = pytest.mark.django_db


def test_the_command_line_gives_the_site_s_own_bytes(world: World, tmp_path: Path) -> None:
    publication = world.publication
    dataset = Path(settings.DATASETS) / publication.dataset.folder
    done = CliRunner().invoke(main, ["score", str(dataset), "-o", str(tmp_path / "result")])
    assert done.exit_code == 0, done.output
    assert fingerprint(read_result(tmp_path / "result")) == publication.result_sha256
    ours = Path(settings.DATASETS) / publication.folder
    names = sorted(path.name for path in ours.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "result").iterdir())
    assert [name for name in names if (ours / name).read_bytes() != (tmp_path / "result" / name).read_bytes()] == []


def test_the_frozen_dataset_is_known_by_its_fingerprint_and_changed_it_is_refused(world: World) -> None:
    frozen = world.publication.dataset
    folder = Path(settings.DATASETS) / frozen.folder
    assert fingerprint(read_dataset(folder)) == frozen.sha256
    frozen.sha256 = "0" * 64
    with refused("dataset_changed"):
        read_frozen(frozen)


def test_what_is_published_neither_changes_nor_goes(world: World) -> None:
    publication = world.publication
    for row in (publication, publication.dataset, world.scorecard, publication.distinctions.first()):
        with refused("unchanging"):
            row.save()
        with refused("unchanging"):
            row.delete()


def test_every_body_has_its_scorecard_and_every_delivery_its_level(world: World) -> None:
    publication = world.publication
    assert publication.scorecards.count() == world.published.enrolments.count() == 8
    levels = dict(Delivery.objects.values_list("scorecard__organisation", "level"))
    assert levels.pop(world.organisation.pk) == "analysed"  # it ordered and the organiser confirmed
    assert set(levels.values()) == {"raw"}
    assert Mail.objects.filter(to="lead@parvis.example", subject__contains=world.organisation.name).exists()
    with refused("already_delivered"):
        deliver(publication, by=world.people["organiser"], at=MOMENT)


def test_a_correction_says_why_and_replaces_without_erasing(world: World) -> None:
    edition, by, first = world.published, world.people["organiser"], world.publication
    with refused("correction_needs_reason"):
        publish_correction(edition, reason=" ", by=by, at=MOMENT)
    frozen = freeze_again(edition, by=by, at=MOMENT.replace(year=2027))
    assert current_dataset(edition) == frozen
    second = publish_correction(edition, reason="Une contestation a été admise.", by=by, at=MOMENT)
    assert (second.number, second.corrects, current_publication(edition)) == (2, first, second)
    assert Publication.objects.get(pk=first.pk).result_sha256 == first.result_sha256
    assert delivered_scorecard(world.organisation, edition) is None  # until it is handed over again
    assert JournalEntry.objects.get(verb="publication.corrected").detail["reason"] == second.reason
    assert deliver(second, by=by, at=MOMENT) == 8
    assert [card.publication for card in delivered_scorecards(world.organisation)] == [second]


def test_nothing_is_corrected_before_it_was_published(world: World) -> None:
    for act in (freeze_again, lambda edition, **given: publish_correction(edition, reason="x", **given)):
        with refused("nothing_to_correct"):
            act(world.running, by=world.people["organiser"], at=MOMENT)


def test_only_laureates_who_agreed_are_named_in_what_everyone_may_take(world: World, client: Client) -> None:
    shy = DistinctionFactory(publication=world.publication, named=False, kind="mention", category=None)
    assert shy.organisation.name not in json.dumps(palmares_rows(world.publication), ensure_ascii=False)
    archive = zipfile.ZipFile(io.BytesIO(client.get("/editions/2025-demo/donnees-ouvertes.zip").content))
    content = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(content) == {"LISEZMOI.txt", "estimates.csv", "palmares.csv", "method.toml", "manifest.json"}
    assert "DÉMONSTRATION" in content["LISEZMOI.txt"]
    named = {each["organisation"] for each in palmares_rows(world.publication)}
    others = {card.organisation.name for card in world.publication.scorecards.all()} - named
    assert [name for name in {*others, shy.organisation.name} if any(name in text for text in content.values())] == []
    again = client.get("/editions/2025-demo/donnees-ouvertes.zip").content
    assert zipfile.ZipFile(io.BytesIO(again)).read("estimates.csv").decode() == content["estimates.csv"]


def test_the_jury_reads_ranks_best_first_in_each_category(world: World) -> None:
    rows = jury_rows(world.publication)
    assert {row["name"] for row in rows} == {card.organisation.name for card in world.publication.scorecards.all()}
    by_category: dict[str, list[int]] = {}
    for row in rows:
        by_category.setdefault(row["category"], []).append(row["rank"] or 10**6)
    assert all(ranks == sorted(ranks) for ranks in by_category.values())


def test_the_history_of_a_body_takes_as_many_queries_for_three_cards_as_for_one(
    world: World, django_assert_num_queries: Any
) -> None:
    def names() -> list[str]:
        return [card.publication.edition.name for card in delivered_scorecards(world.organisation)]

    with django_assert_num_queries(1):
        assert len(names()) == 1
    for _ in range(2):
        DeliveryFactory(scorecard=ScorecardFactory(organisation=world.organisation))
    with django_assert_num_queries(1):
        assert len(names()) == 3
