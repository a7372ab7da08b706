"""The life of an observer: candidate, in training, certified by quiz, away, paused, paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from parvis.core.vocabulary import Channel, ParvisError
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.models import Observation, Observer, Signature
from parvis.web.fieldwork.observer_file import fees_of, is_active, learned, statement
from parvis.web.fieldwork.training import PASS_SHARE, code_of_conduct, module, modules, shuffled
from parvis.web.jobs.models import Mail
from tests.web.fieldwork.factories import (
    DAY,
    MORNING,
    NOON,
    ExpenseFactory,
    Field,
    FieldPersonFactory,
    ObservationFactory,
    ObserverFactory,
    SignatureFactory,
)

pytestmark = pytest.mark.django_db
RIGHT = {str(number): each.right for number, each in enumerate(module("phone").questions, 1)}


def codes(refused: pytest.ExceptionInfo[ParvisError]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def candidate(status: str = "applied") -> Observer:
    return ObserverFactory(status=status, certified_channels=[], certified_at=None, certified_by=None)


def mistaken(count: int) -> dict[str, int]:
    """The answers of someone who errs on the first questions."""
    return {number: right % 3 + 1 if int(number) <= count else right for number, right in RIGHT.items()}


# --- what is taught


@pytest.mark.parametrize("channel", list(Channel))
def test_a_module_is_short_and_its_quiz_explains_itself(channel: Channel) -> None:
    taught = module(str(channel))
    assert taught.channel == channel
    assert 5 <= len(taught.slides) <= 8
    assert 6 <= len(taught.questions) <= 10
    for slide in taught.slides:
        assert slide.title.fr != slide.title.en
        assert max(len(slide.text.fr), len(slide.text.en)) < 480  # a phone's screen
    for question in taught.questions:
        assert len(question.choices) == 3
        assert len({choice.fr for choice in question.choices}) == len({choice.en for choice in question.choices}) == 3
        assert 1 <= question.right <= 3
        assert question.because.fr
        assert question.because.en
    assert taught.needed - 1 < PASS_SHARE * len(taught.questions) <= taught.needed


def test_the_right_choice_cannot_be_guessed_from_its_place() -> None:
    first = [shuffled(question, str(seed))[0][0] == question.right
             for taught in modules() for question in taught.questions for seed in range(30)]  # fmt: skip
    assert 0.28 < sum(first) / len(first) < 0.39  # one in three
    assert shuffled(module("phone").questions[0], "a") == shuffled(module("phone").questions[0], "a")


def test_a_changed_code_of_conduct_is_a_new_version() -> None:
    """The fingerprint of each version that was ever signed: words that change under a version fail here."""
    known = {"2026-1": "6c1d363d8c3911c5"}
    conduct = code_of_conduct()
    assert conduct.version in known
    assert conduct.sha256[:16] == known[conduct.version]


# --- from candidate to certified


def test_a_candidate_is_admitted_and_told() -> None:
    organiser, someone = FieldPersonFactory(), candidate()
    actions.decide_application(someone, accept=True, by=organiser, at=NOON)
    someone.refresh_from_db()
    assert someone.status == "training"
    letter = Mail.objects.get(to=someone.person.email)
    assert someone.pseudonym in letter.body
    with pytest.raises(ParvisError) as refused:
        actions.decide_application(someone, accept=False, reason="Trop tard", by=organiser, at=NOON)
    assert codes(refused) == ["not_an_applicant"]


def test_a_refusal_has_a_reason_that_the_candidate_reads() -> None:
    organiser, someone = FieldPersonFactory(), candidate()
    with pytest.raises(ParvisError) as refused:
        actions.decide_application(someone, accept=False, by=organiser, at=NOON)
    assert codes(refused) == ["reason_needed"]
    actions.decide_application(someone, accept=False, reason="Ce département est complet.", by=organiser, at=NOON)
    someone.refresh_from_db()
    assert (someone.status, someone.status_reason) == ("refused", "Ce département est complet.")
    assert "Ce département est complet." in Mail.objects.get(to=someone.person.email).body


def test_a_quiz_passed_certifies_for_its_channel_and_version() -> None:
    someone = candidate("training")
    actions.take_quiz(someone, channel="phone", version="2026-1", answers=RIGHT, by=someone.person, at=NOON)
    someone.refresh_from_db()
    assert (someone.status, someone.certified_channels) == ("certified", ["phone"])
    held = someone.certifications.get()
    assert (held.channel, held.version, held.origin) == ("phone", module("phone").version, "quiz")
    assert [(each.from_status, each.to_status) for each in someone.changes.all()] == [("training", "certified")]
    assert {row.module.channel: row.is_certified for row in learned(someone)}["email"] is False


def test_a_failed_quiz_is_kept_and_taken_again() -> None:
    """Seven questions, eight tenths: six right answers pass, five do not."""
    someone = candidate("training")
    for errors, passed in ((2, False), (1, True)):
        taken = actions.take_quiz(
            someone, channel="phone", version="2026-1", answers=mistaken(errors), by=someone.person, at=NOON
        )
        assert (taken.right, taken.passed) == (7 - errors, passed)
    row = next(row for row in learned(someone) if row.module.channel == "phone")
    assert (row.tries, row.best, row.is_certified) == (2, 6, True)


def test_a_quiz_is_refused_to_candidates_to_others_and_when_it_changed() -> None:
    someone = candidate()
    with pytest.raises(ParvisError) as refused:
        actions.take_quiz(
            someone, channel="phone", version="2025-9", answers={"1": 1}, by=FieldPersonFactory(), at=NOON
        )
    assert codes(refused) == ["not_yours", "not_admitted", "quiz_changed", "quiz_incomplete"]
    assert not someone.attempts.exists()


def test_a_certification_is_withdrawn_with_a_reason() -> None:
    field = Field()
    observer = actions.certify(field.observer, channels=["phone", "visit"], by=field.organiser, at=NOON)
    actions.withdraw_certification(observer, channel="phone", reason="Grilles vides", by=field.organiser, at=NOON)
    assert observer.certified_channels == ["visit"]
    actions.withdraw_certification(observer, channel="visit", reason="Grilles vides", by=field.organiser, at=NOON)
    observer.refresh_from_db()
    assert (observer.status, observer.certified_channels) == ("training", [])
    with pytest.raises(ParvisError) as refused:
        actions.withdraw_certification(observer, channel="visit", reason="Encore", by=field.organiser, at=NOON)
    assert codes(refused) == ["certification_not_held"]


def test_no_mission_goes_to_someone_who_is_not_certified_for_it() -> None:
    field = Field("phone", "email")
    actions.certify(field.observer, channels=["phone"], by=field.organiser, at=NOON)
    mission = field.mission("email", state="planned", observer=field.observer)
    with pytest.raises(ParvisError) as refused:
        actions.offer(mission, ends_on=DAY, by=field.organiser, at=NOON)
    assert codes(refused) == ["not_certified"]


# --- pause, leave, come back


def test_observers_pause_leave_and_come_back_by_themselves() -> None:
    field = Field()
    me = field.observer
    assert actions.next_statuses(me, own=True) == ["paused", "left"]
    actions.change_status(me, to="paused", by=me.person, at=NOON, own=True)
    assert actions.next_statuses(me, own=True) == ["certified", "left"]
    actions.change_status(me, to="certified", by=me.person, at=NOON, own=True)
    actions.suspend(me, reason="Trois rapports copiés", by=field.organiser, at=NOON)
    with pytest.raises(ParvisError) as refused:
        actions.change_status(me, to="certified", by=me.person, at=NOON, own=True)
    assert codes(refused) == ["status_impossible"]
    assert [each.to_status for each in me.changes.all()] == ["paused", "certified", "suspended"]


@pytest.mark.parametrize("status", ["paused", "suspended", "left", "training"])
def test_only_a_certified_observer_is_offered_missions(status: str) -> None:
    field = Field()
    mission = field.mission(state="planned")
    Observer.objects.filter(pk=field.observer.pk).update(status=status, status_reason="Raison")
    mission.observer.refresh_from_db()
    with pytest.raises(ParvisError) as refused:
        actions.offer(mission, ends_on=DAY, by=field.organiser, at=NOON)
    assert codes(refused) == ["not_certified"]


def test_active_means_at_work_in_a_running_edition() -> None:
    field = Field()
    assert not is_active(field.observer)
    field.mission(state="accepted")
    assert is_active(field.observer)


# --- the code of conduct


def test_a_new_code_of_conduct_is_signed_again_before_any_mission() -> None:
    field = Field()
    mission = field.mission(state="offered")
    Signature.objects.update(version="2025-1")
    with pytest.raises(ParvisError) as refused:
        actions.accept(mission, by=field.person, at=NOON)
    assert codes(refused) == ["code_not_signed"]
    signed = actions.sign_code(field.observer, edition=field.edition, by=field.person, at=NOON)
    assert (signed.version, signed.sha256) == (code_of_conduct().version, code_of_conduct().sha256)
    assert actions.accept(mission, by=field.person, at=NOON).state == "accepted"


def test_a_signature_for_another_edition_does_not_count() -> None:
    field, other = Field(), Field()
    SignatureFactory(observer=other.observer, edition=field.edition)
    mission = other.mission(state="offered")
    other.observer.signatures.filter(edition=other.edition).delete()
    with pytest.raises(ParvisError) as refused:
        actions.accept(mission, by=other.person, at=NOON)
    assert codes(refused) == ["code_not_signed"]


# --- absences


def test_an_absence_is_declared_once_cancelled_by_its_owner_and_never_backwards() -> None:
    me = ObserverFactory()
    asked = {"starts_on": date(2026, 3, 16), "ends_on": date(2026, 3, 18), "by": me.person, "at": NOON}
    first = actions.declare_absence(me, **asked)
    assert actions.declare_absence(me, **asked) == first
    with pytest.raises(ParvisError) as refused:
        actions.declare_absence(me, starts_on=date(2026, 3, 4), ends_on=date(2026, 3, 2), by=me.person, at=NOON)
    assert codes(refused) == ["absence_backwards", "absence_over"]
    with pytest.raises(ParvisError):
        actions.cancel_absence(first, by=FieldPersonFactory(), at=NOON)
    actions.cancel_absence(first, by=me.person, at=NOON)
    assert not me.absences.exists()


# --- fees and expenses


def test_a_fee_is_due_once_approved_whatever_the_contact_gave_and_waits_before() -> None:
    """Phone at 6 €: one approved without contact (6 due), one in review (6 waiting), one excluded (nothing)."""
    field = Field()
    actions.set_fees(field.edition, amounts={"phone": Decimal(6)}, by=field.organiser, at=NOON)
    for state, outcome in (("approved", "not_reached"), ("in_review", "reached"), ("excluded", "reached")):
        ObservationFactory(mission=field.mission(state="done"), state=state, outcome=outcome)
    owed = statement(field.edition, field.observer)
    assert [(each.fee, each.waiting) for each in owed] == [(6, 0), (0, 6), (0, 0)]
    assert fees_of(field.edition)["visit"] == Decimal("25.0")  # what plans count with, until it is set


def test_expenses_are_due_once_accepted() -> None:
    """A bus at 3.40 accepted, a stamp at 1.50 waiting, a taxi at 40 refused, on a mission still to be sent."""
    field = Field()
    mission = field.mission()
    bus, stamp, taxi = (
        actions.ask_expense(mission, kind=kind, amount=Decimal(amount), by=field.person, at=NOON)
        for kind, amount in (("travel", "3.40"), ("postage", "1.50"), ("travel", "40"))
    )
    actions.decide_expense(bus, accept=True, by=field.organiser, at=NOON)
    with pytest.raises(ParvisError) as refused:
        actions.decide_expense(taxi, accept=False, by=field.organiser, at=NOON)
    assert codes(refused) == ["reason_needed"]
    actions.decide_expense(taxi, accept=False, reason="Le bus suffisait", by=field.organiser, at=NOON)
    (owed,) = statement(field.edition, field.observer)
    assert (owed.expenses, owed.waiting, owed.due) == (Decimal("3.40"), Decimal("1.50") + 5, Decimal("3.40"))
    with pytest.raises(ParvisError) as refused:
        actions.decide_expense(bus, accept=True, by=field.organiser, at=NOON)
    assert codes(refused) == ["expense_decided"]
    assert stamp.state == "asked"


def test_expenses_of_others_of_nothing_and_of_offers_are_refused() -> None:
    field = Field()
    offered = field.mission(state="offered")
    with pytest.raises(ParvisError) as refused:
        actions.ask_expense(offered, kind="travel", amount=Decimal(0), by=FieldPersonFactory(), at=NOON)
    assert codes(refused) == ["not_yours", "no_expense_yet", "expense_impossible"]
    with pytest.raises(ParvisError) as refused:
        actions.set_fees(field.edition, amounts={"phone": Decimal(-1)}, by=field.organiser, at=NOON)
    assert codes(refused) == ["fee_impossible"]


def test_a_statement_costs_the_same_for_one_and_for_many(django_assert_num_queries: object) -> None:
    field = Field()
    for _ in range(3):
        ObservationFactory(mission=field.mission(state="done"), state=Observation.State.APPROVED)
    ExpenseFactory(mission=field.mission(), asked_at=MORNING)
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(statement(field.edition)) == 4
