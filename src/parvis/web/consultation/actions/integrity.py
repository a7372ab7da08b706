"""Keeping the count honest: the rule, the flags seen afterwards, quarantine and its reversal, forgetting each day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from parvis.core.contacts.quality import Filled, QualityRules, duplicate_texts
from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import refusals
from parvis.web.consultation.models import Consultation, RateCounter, RateKey, Response, Verbatim
from parvis.web.consultation.qualification import Flag, Rule
from parvis.web.consultation.questionnaire import has_opened, local, rule_of
from parvis.web.consultation.sealing import unseal
from parvis.web.editions.models import CalendarDate, Edition
from parvis.web.editions.queries import period
from parvis.web.people.actions import journal, journal_many
from parvis.web.people.models import Person

ORIGINALS_KEPT = timedelta(days=183)  # six months after the results


@transaction.atomic
def publish_rule(edition: Edition, *, by: Person, at: datetime, rule: Rule | None = None) -> Consultation:
    """Publish the rule and its hash; it may be replaced until the consultation opens, never afterwards."""
    rule = rule or Rule()
    if has_opened(edition, local(at).date()) or Response.objects.filter(edition=edition).exists():
        raise ParvisError(refusals.ALREADY_OPEN)
    published, _ = Consultation.objects.update_or_create(
        edition=edition,
        defaults={"rule": rule.to_json(), "rule_sha256": rule.sha256(), "published_at": at, "published_by": by},
    )
    journal(verb="consultation.rule_published", subject=published, by=by, at=at, edition=edition.slug,
            detail={"sha256": published.rule_sha256})  # fmt: skip
    return published


def quarantine(responses: Sequence[Response], *, reason: str, by: Person, at: datetime) -> int:
    """Set responses aside: they no longer count, and stay."""
    return _decide(responses, aside=True, reason=reason, by=by, at=at)


def reverse_quarantine(responses: Sequence[Response], *, reason: str, by: Person, at: datetime) -> int:
    """Take responses back: the organiser has looked, and their flags no longer set them aside."""
    return _decide(responses, aside=False, reason=reason, by=by, at=at)


@transaction.atomic
def _decide(responses: Sequence[Response], *, aside: bool, reason: str, by: Person, at: datetime) -> int:
    if not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    for response in responses:
        response.quarantined, response.decision_reason = aside, reason.strip()[:300]
        response.decided_at, response.decided_by = at, by
    fields = ["quarantined", "decision_reason", "decided_at", "decided_by"]
    Response.objects.bulk_update(responses, fields, batch_size=500)
    verb = "response.quarantined" if aside else "response.taken_back"
    slugs = dict(Edition.objects.filter(pk__in={each.edition_id for each in responses}).values_list("pk", "slug"))
    for pk, slug in slugs.items():
        journal_many(verb=verb, subjects=[r for r in responses if r.edition_id == pk], by=by, at=at, edition=slug)
    return len(responses)


def flag_duplicates(edition: Edition, *, day: date) -> int:
    """Flag the responses of a day whose free text is word for word that of another; returns how many are new."""
    rule = rule_of(edition)
    kept = Verbatim.objects.filter(response__edition=edition, response__day=day).values_list("response_id", "masked")
    filled = [Filled(key=str(pk), source="", text=text) for pk, text in kept]
    keys = {flag.filled for flag in duplicate_texts(filled, QualityRules())}
    changed = []
    for response in Response.objects.filter(pk__in=keys):
        if Flag.DUPLICATE_TEXT not in response.flags:
            response.flags = sorted([*response.flags, str(Flag.DUPLICATE_TEXT)])
            if response.decided_by_id is None:
                response.quarantined = rule.quarantines(response.flags)
            changed.append(response)
    Response.objects.bulk_update(changed, ["flags", "quarantined"], batch_size=500)
    return len(changed)


@transaction.atomic
def rotate_keys(*, at: datetime) -> None:
    """Forget the secrets and counters of the days before: from then on nobody can tell what they counted."""
    today = local(at).date()
    RateKey.objects.filter(day__lt=today).delete()
    RateCounter.objects.filter(day__lt=today).delete()


def end_of_day(*, at: datetime) -> int:
    """Once a day is over: forget its hours and its counters, look for texts given twice. Returns hours forgotten."""
    today = local(at).date()
    ended = Response.objects.filter(day__lt=today, hour__isnull=False)
    for edition, day in set(ended.values_list("edition", "day").order_by()):
        flag_duplicates(Edition.objects.get(pk=edition), day=day)
    forgotten = ended.update(hour=None)
    rotate_keys(at=at)
    return forgotten


@transaction.atomic
def set_themes(verbatim: Verbatim, *, themes: Sequence[str], by: Person, at: datetime) -> None:
    """What a text is about, as people read it."""
    verbatim.themes = list(themes)
    verbatim.save(update_fields=["themes"])
    journal(verb="verbatim.themes_set", subject=verbatim, by=by, at=at, detail={"themes": list(themes)})


@transaction.atomic
def break_seal(verbatim: Verbatim, *, reason: str, by: Person, at: datetime) -> str:
    """The original of a text, for the organiser, with the reason in the journal; as masked when nothing is sealed."""
    if not reason.strip():
        raise ParvisError(refusals.REASON_NEEDED)
    edition = verbatim.response.edition.slug
    journal(verb="verbatim.seal_broken", subject=verbatim, by=by, at=at, edition=edition, detail={"reason": reason})
    return unseal(verbatim.sealed) if verbatim.sealed else verbatim.masked


@transaction.atomic
def purge_originals(edition: Edition, *, by: Person | None, at: datetime) -> int:
    """Erase the sealed originals of an edition for ever, as the retention rule says; returns how many."""
    erased = Verbatim.objects.filter(response__edition=edition).exclude(sealed=b"").update(sealed=b"")
    journal(verb="verbatim.originals_purged", subject=edition, by=by, at=at, edition=edition.slug,
            detail={"originals": erased})  # fmt: skip
    return erased


def purge_old_originals(*, at: datetime) -> int:
    """Once a day: erase the originals of editions whose results are six months old; returns how many."""
    waiting = Edition.objects.filter(entry_points__responses__verbatims__in=Verbatim.objects.exclude(sealed=b""))
    ended = [edition for edition in waiting.distinct() if _is_past_keeping(edition, local(at).date())]
    return sum(purge_originals(edition, by=None, at=at) for edition in ended)


def _is_past_keeping(edition: Edition, today: date) -> bool:
    """Counted from the day that the calendar gives to results, or the consultation's last day when it gives none."""
    dates = period(edition, CalendarDate.Kind.RESULTS) or period(edition, CalendarDate.Kind.CONSULTATION)
    return dates is not None and today > (dates.ends_on or dates.starts_on) + ORIGINALS_KEPT
