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
from parvis.web.jobs.models import Job, Mail
from parvis.web.jobs.tasks import run_job
from parvis.web.people.models import JournalEntry
from parvis.web.results.actions import ask_freeze, ask_publication, deliver, freeze, publish, read_frozen
from parvis.web.results.models import Delivery, Publication
from parvis.web.results.queries import (
    current_dataset,
    current_publication,
    delivered_scorecard,
    delivered_scorecards,
    jury_consultation,
    jury_rows,
    palmares_rows,
    read_publication,
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
        publish(edition, reason=" ", by=by, at=MOMENT)
    frozen = freeze(edition, by=by, at=MOMENT.replace(year=2027))
    assert current_dataset(edition) == frozen
    second = publish(edition, reason="Une contestation a été admise.", by=by, at=MOMENT)
    assert (second.number, second.corrects, current_publication(edition)) == (2, first, second)
    assert Publication.objects.get(pk=first.pk).result_sha256 == first.result_sha256
    shown = delivered_scorecard(world.organisation, edition)
    assert shown is not None
    assert shown.publication == first  # until the correction is handed over as well
    assert JournalEntry.objects.get(verb="publication.corrected").detail["reason"] == second.reason
    assert deliver(second, by=by, at=MOMENT) == 8
    assert [card.publication for card in delivered_scorecards(world.organisation)] == [second]


def test_nothing_is_frozen_or_published_before_its_time(world: World) -> None:
    by = world.people["organiser"]
    for act in (freeze, ask_freeze):
        with refused("review_not_open"):
            act(world.running, by=by, at=MOMENT)
    for act in (publish, ask_publication):
        with refused("not_frozen"):
            act(world.running, by=by, at=MOMENT)


def test_a_result_is_asked_for_once_at_a_time_and_its_work_done_once(
    world: World, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(world.people["organiser"])
    with django_capture_on_commit_callbacks() as asked:
        answer = client.post("/pilotage/2025-demo/resultats/publier/", {"reason": "Un barème était faux."})
        again = client.post("/pilotage/2025-demo/resultats/publier/", {"reason": "Encore."}, follow=True)
    assert answer.status_code == 302
    assert "déjà en cours" in again.content.decode()
    job = Job.objects.get(arguments__edition="2025-demo")
    page = client.get("/pilotage/2025-demo/resultats/").content.decode()
    assert "Calculer et publier" in page
    assert "Publier la correction" not in page
    asked[0]()
    job.refresh_from_db()
    assert (job.state, job.percent, job.result) == ("done", 100, {"publication": 2})
    Job.objects.filter(pk=job.pk).update(state="waiting")  # as if its worker had died just after the commit
    run_job.call(job.pk)
    corrected = current_publication(world.published)
    assert corrected is not None
    assert (corrected.number, corrected.reason) == (2, "Un barème était faux.")


def test_a_publication_signed_while_another_is_computed_is_not_replaced_unseen(world: World) -> None:
    by, published = world.people["organiser"], world.published

    def meanwhile(done: int, total: int) -> None:
        if done == 1:
            publish(published, reason="La première.", by=by, at=MOMENT)

    with refused("published_meanwhile"):
        publish(published, reason="La seconde.", by=by, at=MOMENT, progress=meanwhile)
    assert [each.reason for each in published.publications.all()] == ["La première.", ""]


def test_work_under_way_is_stopped_by_its_organiser_and_writes_nothing(world: World, client: Client) -> None:
    client.force_login(world.people["organiser"])
    client.post("/pilotage/2025-demo/resultats/publier/", {"reason": "Un barème était faux."})
    job = Job.objects.get(arguments__edition="2025-demo")
    client.post(f"/pilotage/travail/{job.pk}/arreter/")
    run_job.call(job.pk)
    job.refresh_from_db()
    assert (job.state, world.published.publications.count()) == ("cancelled", 1)
    assert "arrêté par Camille" in client.get("/pilotage/2025-demo/travaux/").content.decode()


def test_only_laureates_who_agreed_are_named_in_what_everyone_may_take(world: World, client: Client) -> None:
    shy = DistinctionFactory(publication=world.publication, named=False, kind="mention", category=None)
    assert shy.organisation.name not in json.dumps(palmares_rows(world.publication), ensure_ascii=False)
    archive = zipfile.ZipFile(io.BytesIO(client.get("/editions/2025-demo/donnees-ouvertes.zip").content))
    content = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(content) == {
        "LISEZMOI.txt", "estimates.csv", "reliability.csv", "palmares.csv", "method.toml", "manifest.json"
    }  # fmt: skip
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


def test_the_jury_reads_what_each_body_counts_for_the_consultation_best_first(world: World) -> None:
    rows = jury_consultation(world.publication)
    assert {row["name"] for row in rows} == {card.organisation.name for card in world.publication.scorecards.all()}
    rates = [row["decides"].value for row in rows]
    assert rates == sorted(rates, reverse=True)
    able = [row["decides"].value for row in rows if row["qualified"] >= 100]
    assert {row["name"] for row in rows if row["won"]} == {
        row["name"] for row in rows if row["qualified"] >= 100 and row["decides"].value == max(able)
    }


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


def test_the_organiser_reads_what_published_results_are_worth(world: World, client: Client) -> None:
    client.force_login(world.people["organiser"])
    page = client.get("/pilotage/2025-demo/resultats/fiabilite/").content.decode()
    told = {
        row["measure"]: row["value"] for row in read_publication(world.publication).table("diagnostics").to_pylist()
    }
    needed = told["contacts_for_error_of_5"]
    assert f'<td class="govuk-table__cell govuk-table__cell--numeric">{needed:.0f}</td>' in page
    assert "aucune population n’est déposée" in page
    assert client.get("/pilotage/2026-demo/resultats/fiabilite/").status_code == 404  # nothing is published yet
