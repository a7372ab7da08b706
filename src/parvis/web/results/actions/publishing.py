"""From a frozen dataset to a publication: scored by the pure pipeline, written in one transaction, then delivered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction

from parvis.core.bundle import Dataset, Result, fingerprint, write_result
from parvis.core.instruments.method import Method, read_method
from parvis.core.pipeline import score_edition
from parvis.core.vocabulary import Level, ParvisError, Text
from parvis.rendering.national import slice_national
from parvis.rendering.scorecard import Scorecard as Card
from parvis.rendering.scorecard import slice_result
from parvis.web.consultation.questionnaire import rule_of
from parvis.web.editions.actions import move
from parvis.web.editions.models import Edition, Enrolment
from parvis.web.jobs.actions import write_mail
from parvis.web.people.actions import journal
from parvis.web.people.models import Person
from parvis.web.results import refusals
from parvis.web.results.actions.freezing import read_frozen
from parvis.web.results.actions.orders import levels_due
from parvis.web.results.bundles import prepared_folder, put_in_place, settling
from parvis.web.results.dataset import organisation_key
from parvis.web.results.distinctions import distinctions_of
from parvis.web.results.models import Delivery, Distinction, FrozenDataset, Publication, Scorecard
from parvis.web.results.queries import choice_labels, current_dataset, current_publication
from parvis.web.territory.models import Membership

Progress = Callable[[int, int], None]  # (steps done, steps in all)
STEPS = 3  # scored · cut into scorecards · written


def in_silence(done: int, total: int) -> None:
    """Nobody follows."""


def score_frozen(frozen: FrozenDataset) -> tuple[Dataset, Result, Method]:
    """The result of a frozen dataset under its edition's method: the same bytes as `parvis score` gives."""
    dataset = read_frozen(frozen)
    method = read_method(dataset.method_text)
    previous = frozen.edition.previous
    before = current_publication(previous) if previous else None
    earlier = read_frozen(before.dataset) if before else None
    return dataset, score_edition(dataset, method, previous=earlier), method


def publish(
    edition: Edition, *, reason: str = "", by: Person, at: datetime, progress: Progress = in_silence
) -> Publication:
    """Sign and publish the frozen dataset's result.

    On a published edition it is a correction: a new publication, which replaces the one in force and says the reason;
    the old one stays readable. Raises ParvisError when nothing is frozen, or when a correction has no reason.
    """
    frozen, corrected = to_publish(edition, reason=reason)
    progress(0, STEPS)
    dataset, result, method = score_frozen(frozen)
    progress(1, STEPS)
    with prepared_folder(edition) as prepared:
        written = write_result(result, prepared)
        return _sign(
            frozen, prepared, (dataset, written, method), corrects=corrected, reason=reason.strip(), by=by, at=at,
            progress=progress,
        )  # fmt: skip


def to_publish(edition: Edition, *, reason: str) -> tuple[FrozenDataset, Publication | None]:
    """What would be published, and the publication that it would correct; raises ParvisError when nothing can be."""
    frozen, corrected = current_dataset(edition), current_publication(edition)
    if frozen is None or edition.state not in (Edition.State.FROZEN, Edition.State.PUBLISHED):
        raise ParvisError(refusals.NOT_FROZEN)
    if corrected is not None and not reason.strip():
        raise ParvisError(refusals.CORRECTION_NEEDS_REASON)
    return frozen, corrected


def _sign(
    frozen: FrozenDataset,
    prepared: Path,
    scored: tuple[Dataset, Result, Method],
    *,
    corrects: Publication | None,
    reason: str,
    by: Person,
    at: datetime,
    progress: Progress,
) -> Publication:
    edition, (dataset, written, method) = frozen.edition, scored
    enrolments = {organisation_key(each.organisation_id): each for each in _enrolments(edition)}
    won = distinctions_of(written, method, enrolments, rule=rule_of(edition))
    named = {key: each.organisation.name for key, each in enrolments.items() if each.consent_named}
    categories = {each.code: Text(each.label_fr, each.label_en) for each in edition.categories.all()}
    levels = choice_labels(edition)
    national = slice_national(written, dataset, method=method, named=named, categories=categories, levels=levels)
    cards = slice_result(written, dataset, method=method, categories=categories, levels=levels)
    progress(2, STEPS)
    with settling(edition):
        refuse_what_changed(edition, corrects)
        number = edition.publications.count() + 1
        publication = Publication.objects.create(
            edition=edition, number=number, dataset=frozen, result_sha256=fingerprint(written),
            folder=put_in_place(prepared, edition=edition, name=f"result-{number}"),
            national=national.to_json(), corrects=corrects, reason=reason, published_at=at, published_by=by,
        )  # fmt: skip
        _write_scorecards(publication, cards, enrolments)
        Distinction.objects.bulk_create(won.rows(publication))
        if edition.state == Edition.State.FROZEN:
            move(edition, to=Edition.State.PUBLISHED, by=by, at=at)
        verb = "publication.corrected" if corrects else "publication.signed"
        journal(verb=verb, subject=publication, by=by, at=at, edition=edition.slug,
                detail={"result": publication.result_sha256, "reason": reason})  # fmt: skip
    return publication


def refuse_what_changed(edition: Edition, corrects: Publication | None) -> None:
    """Someone else may have published while this result was computed: what they signed is not corrected unseen."""
    if current_publication(edition) != corrects:
        raise ParvisError(refusals.PUBLISHED_MEANWHILE)


@transaction.atomic
def deliver(publication: Publication, *, by: Person, at: datetime) -> int:
    """Let every organisation read its scorecard, at the level it is due; their people are told by mail."""
    edition = publication.edition
    waiting = list(publication.scorecards.filter(delivery__isnull=True).select_related("organisation"))
    if not waiting:
        raise ParvisError(refusals.ALREADY_DELIVERED)
    due = levels_due(edition)
    Delivery.objects.bulk_create(
        Delivery(scorecard=card, level=due.get(card.organisation_id, Level.RAW), delivered_at=at, delivered_by=by)
        for card in waiting
    )
    journal(verb="publication.delivered", subject=publication, by=by, at=at, edition=edition.slug,
            detail={"scorecards": len(waiting)})  # fmt: skip
    leads = Membership.objects.filter(organisation__in=[card.organisation_id for card in waiting])
    for membership in leads.select_related("person", "organisation").filter(role=Membership.Role.LEAD):
        write_mail(to=membership.person, template="mail/results_delivered",
                   context={"organisation": membership.organisation, "edition": edition})  # fmt: skip
    return len(waiting)


def _enrolments(edition: Edition) -> list[Enrolment]:
    accepted = edition.enrolments.filter(state=Enrolment.State.ACCEPTED)
    return list(accepted.select_related("organisation", "category").order_by("pk"))


def _write_scorecards(publication: Publication, cards: Mapping[str, Card], enrolments: Mapping[str, Enrolment]) -> None:
    Scorecard.objects.bulk_create(
        [
            Scorecard(publication=publication, organisation=enrolments[key].organisation, data=card.to_json())
            for key, card in cards.items()
            if key in enrolments
        ],
        batch_size=200,
    )
