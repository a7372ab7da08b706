"""A page acknowledged is a page kept, once; many at once are kept exactly as one by one."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from parvis.core.instruments.form import Form, form_from_json
from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import actions
from parvis.web.consultation.models import EditionDay, EntryPoint, EntryPointDay, Response, Verbatim
from parvis.web.consultation.queries import participation, totals_of_edition
from parvis.web.consultation.questionnaire import asked_pages
from parvis.web.consultation.sealing import unseal
from parvis.web.consultation.standing import standing_of
from parvis.web.consultation.tasks import forget_yesterday
from parvis.web.people.models import JournalEntry
from tests.web.consultation.factories import DAY, FIRST, NOON, Open, questionnaire

pytestmark = pytest.mark.django_db
NUMBER = UUID("12345678-1234-4234-8234-123456789abc")


def first_page(point: EntryPoint, **changes: Any) -> actions.Recorded:
    given = {"uuid": NUMBER, "page": "first", "given": FIRST, "language": "fr", "at": NOON} | changes
    return actions.record_page(point, **given)


def counts(point: EntryPoint) -> list[tuple[date, int, int, int]]:
    """Of an entry point; the edition's own counters must add up to those of all its entry points."""
    everywhere = EntryPointDay.objects.filter(entry_point__edition=point.edition)
    sums = {name: Sum(name, default=0) for name in ("opened", "started", "completed")}
    assert totals_of_edition(point.edition) == everywhere.aggregate(**sums)
    rows = EntryPointDay.objects.filter(entry_point=point)
    return list(rows.values_list("day", "opened", "started", "completed"))


def test_the_first_page_is_kept_at_once_and_leads_to_the_next() -> None:
    consultation = Open()
    recorded = first_page(consultation.qr)
    kept = Response.objects.get()
    assert (kept.uuid, kept.answers, kept.pages_done) == (NUMBER, FIRST, ["first"])
    assert (kept.organisation, kept.place, kept.day, kept.hour) == (consultation.body, consultation.place, DAY, 12)
    assert (kept.completed, kept.quarantined, recorded.next) == (False, False, "request")
    assert counts(consultation.qr) == [(DAY, 0, 1, 0)]


def test_the_same_page_twice_is_one_response_with_the_last_answers() -> None:
    consultation = Open()
    for satisfaction in ("4", "4", "2"):
        first_page(consultation.qr, given=FIRST | {"satisfaction": satisfaction})
    assert Response.objects.get().answers == {"satisfaction": "2", "channel": "visit"}
    assert counts(consultation.qr) == [(DAY, 0, 1, 0)]


def test_going_back_to_the_first_page_keeps_what_came_after() -> None:
    consultation = Open()
    first_page(consultation.qr)
    page(consultation.qr, "request", reason="complaint", solved="no")
    first_page(consultation.qr, given=FIRST | {"satisfaction": "1"})
    assert Response.objects.get().answers == {
        "satisfaction": "1", "channel": "visit", "reason": "complaint", "solved": "no",
    }  # fmt: skip
    assert Response.objects.get().pages_done == ["first", "request"]


def test_an_answer_that_no_longer_applies_goes() -> None:
    """Waiting is asked of visitors and callers only."""
    consultation = Open()
    first_page(consultation.qr)
    page(consultation.qr, "about_waiting", waiting="2")
    first_page(consultation.qr, given=FIRST | {"channel": "email"})
    assert Response.objects.get().answers == {"satisfaction": "4", "channel": "email"}


def test_a_page_that_does_not_apply_is_stepped_over() -> None:
    consultation = Open()
    first_page(consultation.qr, given=FIRST | {"channel": "email"})
    assert page(consultation.qr, "about_accessibility", accessibility="4").next == "about_courtesy"


def test_a_page_with_a_fault_is_refused_whole_and_nothing_is_kept() -> None:
    consultation = Open()
    with pytest.raises(ParvisError) as refused:
        first_page(consultation.qr, given={"satisfaction": "9"})
    assert [(fault.code, fault.where["question"]) for fault in refused.value.faults] == [
        ("choice", "satisfaction"), ("required", "channel"),
    ]  # fmt: skip
    assert (Response.objects.count(), counts(consultation.qr)) == (0, [])


def test_answers_to_other_pages_are_not_taken_with_a_page() -> None:
    consultation = Open()
    first_page(consultation.qr, given=FIRST | {"age": "30_44", "whatever": "x"})
    assert Response.objects.get().answers == FIRST


def test_the_last_page_completes_the_response_once() -> None:
    consultation = Open()
    first_page(consultation.qr)
    for _ in range(2):
        assert page(consultation.qr, "profile", age="30_44").next is None
    assert Response.objects.get().completed
    assert counts(consultation.qr) == [(DAY, 0, 1, 1)]


@pytest.mark.parametrize("day", [datetime(2026, 3, 31, 12, tzinfo=UTC), datetime(2026, 6, 27, 23, tzinfo=UTC)])
def test_nothing_is_kept_when_the_consultation_is_closed(day: datetime) -> None:
    """The second moment is already the 28th of June by the clocks of the country."""
    with pytest.raises(ParvisError) as refused:
        first_page(Open().qr, at=day)
    assert [fault.code for fault in refused.value.faults] == ["consultation_closed"]
    assert not Response.objects.exists()


def test_a_form_serves_the_entry_point_it_came_from_only() -> None:
    consultation = Open()
    first_page(consultation.qr)
    with pytest.raises(ParvisError) as refused:
        first_page(consultation.link)
    assert [fault.code for fault in refused.value.faults] == ["other_entry_point"]


def test_a_later_page_needs_a_first_one() -> None:
    with pytest.raises(ParvisError) as refused:
        page(Open().qr, "profile", age="30_44")
    assert [fault.code for fault in refused.value.faults] == ["response_not_started"]


def test_free_text_is_kept_masked_and_its_original_sealed() -> None:
    consultation = Open()
    first_page(consultation.qr)
    words = "Merci à Mme Martin, rappelez-moi au 06 12 34 56 78"
    page(consultation.qr, "words", comment=words)
    kept = Verbatim.objects.get()
    assert (kept.masked, kept.hidden) == ("Merci à Mme [nom], rappelez-moi au [téléphone]", 2)
    assert b"Martin" not in bytes(kept.sealed)
    assert unseal(kept.sealed) == words
    assert "comment" not in Response.objects.get().answers


def test_free_text_taken_back_leaves_nothing() -> None:
    consultation = Open()
    first_page(consultation.qr)
    page(consultation.qr, "words", comment="Appelez Jean Dupont")
    page(consultation.qr, "words", comment="")
    assert not Verbatim.objects.exists()


def test_free_text_without_anybody_in_it_has_nothing_to_seal() -> None:
    consultation = Open()
    first_page(consultation.qr)
    page(consultation.qr, "words", comment="Ouvrir le samedi matin.")
    assert bytes(Verbatim.objects.get().sealed) == b""


def test_many_at_once_are_kept_exactly_as_one_by_one() -> None:
    """Random whole responses, over months and hours, through both doors: equal rows, counters and verbatims."""
    one, many = Open(), Open()
    draws, form = random.Random(5), form_from_json(questionnaire())  # noqa: S311
    filled = [(uuid4(), whole(draws, form), NOON + timedelta(hours=draws.randrange(0, 800))) for _ in range(60)]
    for number, answers, at in filled:
        one_by_one(one.link, form, number, answers, at)
    kept = rows(one)
    Response.objects.all().delete()
    actions.record_responses(
        many.edition, by=many.organiser, at=NOON, seed=1,
        responses=[
            actions.NewResponse(entry_point=many.link, answers=answers, at=at, language="fr", uuid=number)
            for number, answers, at in filled
        ],
    )  # fmt: skip
    assert rows(many) == kept
    assert counts(one.link) == counts(many.link)


def test_one_bad_response_refuses_all_and_says_which() -> None:
    consultation = Open()
    good = actions.NewResponse(entry_point=consultation.qr, answers=FIRST, at=NOON, pages=["first"])
    bad = actions.NewResponse(entry_point=consultation.qr, answers={"satisfaction": "7"}, at=NOON)
    late = actions.NewResponse(entry_point=consultation.qr, answers=FIRST, at=NOON + timedelta(days=90))
    with pytest.raises(ParvisError) as refused:
        actions.record_responses(
            consultation.edition, responses=[good, bad, late], by=consultation.organiser, at=NOON, seed=1
        )
    assert [(fault.code, fault.where["key"]) for fault in refused.value.faults] == [
        ("choice", "1"), ("required", "1"), ("consultation_closed", "2"),
    ]  # fmt: skip
    assert not Response.objects.exists()


def test_a_number_given_twice_is_refused() -> None:
    consultation = Open()
    first_page(consultation.qr)
    again = actions.NewResponse(entry_point=consultation.qr, answers=FIRST, at=NOON, uuid=NUMBER)
    with pytest.raises(ParvisError) as refused:
        actions.record_responses(consultation.edition, responses=[again], by=consultation.organiser, at=NOON, seed=1)
    assert [fault.code for fault in refused.value.faults] == ["same_response_twice"]


def test_a_partial_response_counts_as_started_and_not_completed() -> None:
    consultation = Open()
    partial = actions.NewResponse(entry_point=consultation.qr, answers=FIRST, at=NOON, pages=["first"])
    actions.record_responses(consultation.edition, responses=[partial], by=consultation.organiser, at=NOON, seed=1)
    assert counts(consultation.qr) == [(DAY, 0, 1, 0)]
    assert Response.objects.get().pages_done == ["first"]


def test_many_at_once_leave_one_line_in_the_journal_and_the_same_numbers_for_the_same_seed() -> None:
    numbers = []
    for _ in range(2):
        consultation = Open()
        new = [actions.NewResponse(entry_point=consultation.qr, answers=FIRST, at=NOON, pages=["first"])] * 3
        numbers.append(
            actions.record_responses(consultation.edition, responses=new, by=consultation.organiser, at=NOON, seed=8)
        )
        Response.objects.all().delete()
    assert numbers[0] == numbers[1]
    assert list(JournalEntry.objects.values_list("verb", "detail")) == [
        ("consultation.responses_recorded", {"responses": 3})
    ] * 2  # fmt: skip


def test_openings_are_counted_also_when_the_consultation_is_closed() -> None:
    consultation = Open()
    actions.record_opening(consultation.qr, at=datetime(2026, 12, 24, 12, tzinfo=UTC))
    actions.record_openings(openings=[(consultation.qr, date(2026, 12, 24), 4), (consultation.qr, DAY, 2)])
    assert counts(consultation.qr) == [(DAY, 2, 0, 0), (date(2026, 12, 24), 5, 0, 0)]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_answer_at_once_each_is_kept_and_a_fault_of_one_is_nobody_else_s() -> None:
    """One in four comes by an entry point that is no more, which the database alone can tell."""
    consultation = Open()
    known = standing_of(consultation.qr)
    gone = EntryPoint(pk=consultation.qr.pk + 10_000, edition=consultation.edition, organisation=consultation.body)
    start = threading.Barrier(16)

    def answer(rank: int) -> str:
        try:
            start.wait()
            point = consultation.qr if rank % 4 else gone
            actions.record_page(
                point, uuid=UUID(int=rank), page="first", given=FIRST, language="fr", at=NOON, known=known
            )
        except IntegrityError:
            return "refused"
        finally:
            connection.close()
        return "kept"

    with ThreadPoolExecutor(16) as together:
        told = list(together.map(answer, range(16)))
    assert told == ["kept" if rank % 4 else "refused" for rank in range(16)]
    assert {each.int for each in Response.objects.values_list("uuid", flat=True)} == {n for n in range(16) if n % 4}
    assert counts(consultation.qr) == [(DAY, 0, 12, 0)]


@pytest.mark.django_db(transaction=True)
def test_of_one_number_sent_many_times_at_once_one_is_kept_and_counted() -> None:
    consultation = Open()
    known, start = standing_of(consultation.qr), threading.Barrier(8)

    def answer(_rank: int) -> str | None:
        start.wait()
        try:
            return first_page(consultation.qr, known=known).next
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as together:
        assert list(together.map(answer, range(8))) == ["request"] * 8
    assert Response.objects.get().answers == FIRST
    assert counts(consultation.qr) == [(DAY, 0, 1, 0)]


def test_the_totals_of_an_edition_are_the_same_before_and_after_its_days_are_added_up_and_whatever_comes_late() -> None:
    consultation = Open()
    actions.record_openings(openings=[(consultation.qr, DAY - timedelta(days=each), 1 + each) for each in range(9)])
    first_page(consultation.link)
    before = totals_of_edition(consultation.edition)
    assert (before, EditionDay.objects.count()) == ({"opened": 45, "started": 1, "completed": 0}, 0)
    forget_yesterday(NOON)
    assert EditionDay.objects.count() == 7  # neither today nor yesterday, when someone may still be answering
    assert totals_of_edition(consultation.edition) == before
    actions.record_openings(openings=[(consultation.qr, DAY - timedelta(days=4), 10)])
    assert totals_of_edition(consultation.edition)["opened"] == 55
    forget_yesterday(NOON)
    with CaptureQueriesContext(connection) as asked:
        assert totals_of_edition(consultation.edition)["opened"] == 55
    assert (len(asked), EditionDay.objects.count()) == (2, 7)


def test_live_participation_by_entry_point_and_per_thousand_inhabitants() -> None:
    """10,000 inhabitants, 30 responses begun: 3 per 1,000."""
    consultation = Open()
    new = [actions.NewResponse(entry_point=consultation.qr, answers=FIRST, at=NOON, pages=["first"])] * 30
    actions.record_responses(consultation.edition, responses=new, by=consultation.organiser, at=NOON, seed=3)
    actions.record_openings(openings=[(consultation.qr, DAY, 50), (consultation.link, DAY, 9)])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        seen = participation(consultation.edition, consultation.body)
    assert (seen.opened, seen.started, seen.completed, seen.per_1000) == (59, 30, 0, 3.0)
    assert {(each.entry_point.kind, each.opened, each.started) for each in seen.entry_points} == {
        ("link", 9, 0), ("qr", 50, 30), ("kiosk", 0, 0),
    }  # fmt: skip
    assert not any("consultation_response" in query["sql"] for query in asked.captured_queries)


def test_entry_points_open_once_with_codes_that_nobody_can_mistake() -> None:
    consultation = Open()
    EntryPoint.objects.all().delete()
    given = {"organisations": {consultation.body: [consultation.place]}, "by": consultation.organiser, "at": NOON}
    opened = actions.open_kinds(consultation.edition, **given, seed=4)
    again = actions.open_kinds(consultation.edition, **given, seed=5)
    assert [point.pk for point in opened] == [point.pk for point in again]
    assert sorted(point.kind for point in opened) == ["banner", "embed", "kiosk", "link", "paper", "qr"]
    assert len({point.code for point in opened}) == 6
    assert not set("".join(point.code for point in opened)) & set("01ilo")


def test_a_place_of_another_body_has_no_entry_point_here() -> None:
    mine, other = Open(), Open()
    wanted = [actions.NewEntryPoint(mine.body, "qr", other.place)]
    with pytest.raises(ParvisError) as refused:
        actions.open_entry_points(mine.edition, wanted=wanted, by=mine.organiser, at=NOON, seed=1)
    assert [fault.code for fault in refused.value.faults] == ["place_of_another"]


def page(point: EntryPoint, name: str, **given: str) -> actions.Recorded:
    return actions.record_page(point, uuid=NUMBER, page=name, given=given, language="fr", at=NOON)


def whole(draws: random.Random, form: Form) -> dict[str, Any]:
    """Valid answers of one citizen: required questions always, the others two times in three."""
    answers: dict[str, Any] = {}
    for question in form.questions:
        if question.choices and (question.required or draws.random() < 2 / 3):
            answers[question.name] = draws.choice(question.choices).name
    if draws.random() < 0.3:
        answers["comment"] = draws.choice(["Trop d’attente", "Merci à Nadia", "Appelez le 03 81 00 00 00"])
    return answers


def one_by_one(point: EntryPoint, form: Form, number: UUID, answers: dict[str, Any], at: datetime) -> None:
    from parvis.core.instruments.answers import live_answers

    for each in asked_pages(form, live_answers(form, answers, today=at.date())):
        actions.record_page(point, uuid=number, page=each.name, given=answers, language="fr", at=at)


def rows(consultation: Open) -> list[Any]:
    """Everything kept of a consultation but the keys of its own edition."""
    responses = Response.objects.filter(edition=consultation.edition).order_by("uuid")
    texts = Verbatim.objects.filter(response__in=responses).order_by("response", "question")
    return [
        list(responses.values_list("uuid", "language", "answers", "day", "hour", "pages_done", "completed", "assisted",
                                   "flags", "quarantined")),
        list(texts.values_list("response", "question", "masked", "hidden")),
    ]  # fmt: skip
