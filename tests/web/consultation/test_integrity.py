"""Participation cannot be bought by stuffing, nothing leads back to anyone, and the organiser decides in the end."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, models
from django.db.models import F
from django.test import Client
from django.utils import timezone

from parvis.core.figures.trophy import Deciding, Rate
from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import actions, unwritten
from parvis.web.consultation.models import Consultation, Network, RateCounter, RateKey, Response
from parvis.web.consultation.qualification import Rule, rule_from_json
from parvis.web.consultation.rates import notice
from parvis.web.consultation.signals import Signals
from parvis.web.consultation.statements import statements_of
from parvis.web.editions.models import CalendarDate
from parvis.web.people.models import JournalEntry
from tests.web.consultation import attack_table, attacks
from tests.web.consultation.factories import DAY, FIRST, NOON, ConsultationEditionFactory, Open, attacked

pytestmark = pytest.mark.django_db


def answer(consultation: Open, signals: Signals, **more: Any) -> Response:
    given = {"uuid": uuid4(), "page": "first", "given": FIRST, "language": "fr", "at": NOON} | more
    return actions.record_page(consultation.qr, signals=signals, **given).response


# --- the simulator


# What may still count of each attack, at most: (usual rule, with the browser's work, with counter codes). The last two
# lines are the limit of any anonymous consultation, told as such.
MOST_THAT_COUNT = {
    "script": (6, 0, 0), "form filler": (0, 0, 0), "hall of colleagues": (6, 6, 0),
    "colleagues with slips": (30, 30, 30), "replayed form": (1, 0, 1), "distributed burst": (0, 0, 0),
    "call to copy": (0, 0, 0), "slow and spread": (150, 0, 0), "slow with browsers": (150, 150, 0),
}  # fmt: skip
FEWEST_HONEST = {"usual": 291, "work": 282, "codes": 273}


def test_what_each_attack_is_worth_and_how_few_honest_people_are_lost() -> None:
    """Of 300: three in a hundred at most are set aside, two more where work is asked, six more where codes are."""
    found = attacks.everyone(attacked)
    honest = found["honest"]
    assert (honest.sent, honest.kept) == (300, 300)
    assert all(honest.counted[rule] >= least for rule, least in FEWEST_HONEST.items())
    for name, most in MOST_THAT_COUNT.items():
        counted = tuple(found[name].counted.values())
        assert all(number <= limit for number, limit in zip(counted, most, strict=True)), (name, counted)
    assert attack_table.written() == attack_table.table(found)


# --- signals and the rule


@pytest.mark.parametrize(
    ("signals", "flags", "aside"),
    [
        (Signals(trap=True), ["trap"], True),
        (Signals(first_seconds=0.4), ["too_fast"], False),
        (Signals(first_seconds=0.4, staff_network=True), ["staff_network", "too_fast"], True),
        (Signals(crowded=True), ["crowded"], False),
        (Signals(flood=True), ["flood"], True),
        (Signals(first_seconds=9.0), [], False),
    ],
)
def test_points_add_up_to_quarantine(signals: Signals, flags: list[str], aside: bool) -> None:
    kept = answer(Open(), signals)
    assert (kept.flags, kept.quarantined) == (flags, aside)


def test_night_is_a_flag_and_no_more() -> None:
    kept = answer(Open(), Signals(), at=datetime(2026, 5, 12, 0, 30, tzinfo=UTC))  # half past two in Paris
    assert (kept.flags, kept.quarantined) == (["night"], False)


def test_one_address_is_crowded_after_six_and_floods_after_twenty() -> None:
    consultation = Open()
    seen = [notice(consultation.qr, "192.0.2.1", at=NOON, rule=Rule()) for _ in range(21)]
    assert [each.crowded for each in seen] == [False] * 6 + [True] * 15
    assert [each.flood for each in seen] == [False] * 20 + [True]
    assert not notice(consultation.qr, "192.0.2.2", at=NOON, rule=Rule()).crowded


def test_counts_wait_to_be_written_together_and_are_known_meanwhile(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CONSULTATION_MEMORY = 0.001
    monkeypatch.setattr(unwritten, "WRITTEN_AFTER_SECONDS", 3600.0)
    consultation = Open()
    seen = [notice(consultation.qr, "192.0.2.1", at=NOON, rule=Rule()).crowded for _ in range(8)]
    assert seen == [False] * 6 + [True] * 2
    assert RateCounter.objects.count() == 0
    unwritten.write()
    assert list(RateCounter.objects.values_list("count", flat=True)) == [8, 8]
    RateCounter.objects.update(count=F("count") + 12)  # what another process counted
    assert not notice(consultation.qr, "192.0.2.1", at=NOON, rule=Rule()).flood  # the ninth, as far as this one knows
    unwritten.write()
    assert notice(consultation.qr, "192.0.2.1", at=NOON, rule=Rule()).flood  # the twenty-second
    actions.rotate_keys(at=NOON + timedelta(days=1))
    unwritten.write()  # too late: that day is forgotten
    assert RateCounter.objects.count() == 0


def test_a_process_forgets_a_day_that_is_over_even_when_nobody_comes_any_more(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CONSULTATION_MEMORY = 5.0
    monkeypatch.setattr(unwritten, "WRITTEN_AFTER_SECONDS", 3600.0)
    assert [unwritten.add_one(DAY, ["key"], at_once=False) for _ in range(2)] == [[1], [2]]
    unwritten.forget(DAY)
    assert unwritten.add_one(DAY, ["key"], at_once=False) == [1]
    unwritten.forget(DAY)


def test_an_ipv6_subscriber_counts_as_one() -> None:
    consultation = Open()
    for number in range(6):
        notice(consultation.qr, f"2001:db8:1:2::{number:x}", at=NOON, rule=Rule())
    assert notice(consultation.qr, "2001:db8:1:2:ffff::1", at=NOON, rule=Rule()).crowded
    assert not notice(consultation.qr, "2001:db8:1:3::1", at=NOON, rule=Rule()).crowded


def test_a_declared_hall_may_answer_much_more_from_its_shared_address() -> None:
    consultation = Open()
    actions.declare_network(consultation.edition, organisation=consultation.body, kind="hall",
                            addresses="192.0.2.0/28", by=consultation.organiser, at=NOON)  # fmt: skip
    seen = [notice(consultation.qr, "192.0.2.5", at=NOON + timedelta(minutes=each), rule=Rule()) for each in range(39)]
    assert not any(each.crowded or each.flood for each in seen)


def test_a_kiosk_has_the_pace_of_a_kiosk() -> None:
    consultation = Open()
    seen = [
        notice(consultation.kiosk, "192.0.2.5", at=NOON + timedelta(seconds=each), rule=Rule()) for each in range(41)
    ]
    assert [each.flood for each in seen] == [False] * 40 + [True]


@pytest.mark.parametrize("addresses", ["", "bureau", "10.0.0.0/8", "::/0"])
def test_a_network_that_is_none_or_too_wide_is_refused(addresses: str) -> None:
    consultation = Open()
    with pytest.raises(ParvisError):
        actions.declare_network(consultation.edition, organisation=consultation.body, kind="hall",
                                addresses=addresses, by=consultation.organiser, at=NOON)  # fmt: skip
    assert not Network.objects.exists()


def test_the_rule_is_published_with_its_hash_before_opening_and_never_after() -> None:
    edition = ConsultationEditionFactory()
    before = datetime(2026, 3, 20, 9, tzinfo=UTC)
    published = actions.publish_rule(edition, by=edition.created_by, at=before)
    assert published.rule_sha256 == rule_from_json(published.rule).sha256() == Rule().sha256()
    with pytest.raises(ParvisError) as refused:
        actions.publish_rule(edition, rule=Rule(flood_address_day=5), by=edition.created_by, at=NOON)
    assert [fault.code for fault in refused.value.faults] == ["consultation_already_open"]
    assert Consultation.objects.get().rule_sha256 == Rule().sha256()


@pytest.mark.parametrize(
    "change", [{"extra": 1}, {"trophy_by": "size"}, {"night_from": "one"}, {"points": {"trap": 3}}, {"hall_hour": -1}]
)
def test_a_rule_with_unknown_words_or_wrong_numbers_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ParvisError):
        rule_from_json(Rule().to_json() | change)


def test_quarantine_and_its_reversal_need_a_reason_and_stay_in_the_journal() -> None:
    consultation = Open()
    kept = answer(consultation, Signals(trap=True))
    with pytest.raises(ParvisError):
        actions.reverse_quarantine([kept], reason=" ", by=consultation.organiser, at=NOON)
    actions.reverse_quarantine([kept], reason="Lecteur d’écran.", by=consultation.organiser, at=NOON)
    kept.refresh_from_db()
    assert (kept.quarantined, kept.flags, kept.decision_reason) == (False, ["trap"], "Lecteur d’écran.")
    actions.record_page(consultation.qr, uuid=kept.pk, page="request", given={}, language="fr", at=NOON)
    kept.refresh_from_db()
    assert not kept.quarantined  # the organiser's decision stands
    assert JournalEntry.objects.get().verb == "response.taken_back"


def test_a_rule_published_before_it_could_say_what_divides_is_read_and_hashed_as_it_was() -> None:
    """The very text of then: by inhabitants alone, and whoever is alone may win."""
    was = {name: value for name, value in Rule(id="2026-1").to_json().items() if not name.startswith("trophy")}
    read = rule_from_json(was)
    assert (read.trophy_by, read.trophy_least_bodies, read.to_json()) == ("inhabitants", 1, was)
    assert read.sha256() == hashlib.sha256(json.dumps(was, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    assert len({read.sha256(), Rule(id="2026-1").sha256(), Rule(id="2026-1", trophy_by="inhabitants").sha256()}) == 3
    assert rule_from_json(Rule().to_json()) == Rule()


# --- the trophy


def test_the_statement_tells_what_counts_why_the_rest_does_not_and_by_what_it_is_divided() -> None:
    """Of 4, 2 are set aside and 1 of them taken back: 3 qualified; of 10,000 inhabitants 0.3, of 2,000 visits 1.5."""
    consultation = Open()
    kept = [answer(consultation, Signals(trap=trap, staff_network=True)) for trap in (True, True, False, False)]
    actions.reverse_quarantine(kept[:1], reason="Lecteur d’écran.", by=consultation.organiser, at=NOON)
    actions.declare_visits(consultation.edition, organisation=consultation.body, visits=2000, source="Compteur",
                           by=consultation.organiser, at=NOON)  # fmt: skip
    actions.print_codes(consultation.qr, size=5, by=consultation.organiser, at=NOON)
    (told,) = statements_of(consultation.edition)
    assert told.decides == Deciding(Rate.INHABITANTS, 0.3)
    assert (told.received, told.qualified, told.set_aside, told.taken_back) == (4, 3, 1, 1)
    assert told.reasons == {"staff_network": 1, "trap": 1}
    assert (told.per_1000_inhabitants, told.per_1000_visits) == (0.3, 1.5)
    assert (told.codes_printed, told.codes_gone, told.networks) == (5, 0, 0)
    type(consultation.body).objects.filter(pk=consultation.body.pk).update(population=None)
    (told,) = statements_of(consultation.edition)
    assert (told.per_1000_inhabitants, told.decides) == (None, Deciding(Rate.VISITS, 1.5))
    with pytest.raises(ParvisError) as refused:
        actions.declare_visits(consultation.edition, organisation=consultation.body, visits=20, source="Compteur",
                               by=consultation.organiser, at=NOON + timedelta(days=100))  # fmt: skip
    assert [fault.code for fault in refused.value.faults] == ["visits_settled"]


# --- anonymity is structural


def fields_of(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    return {field.name: field for field in model._meta.get_fields() if hasattr(field, "column")}


def test_counters_and_responses_share_no_key_no_column_and_no_value() -> None:
    """No relation either way, no address anywhere; the hash of a counter occurs in no response."""
    for model in (RateCounter, RateKey):
        assert not any(field.is_relation for field in model._meta.get_fields())
    assert not set(fields_of(RateCounter)) & (set(fields_of(Response)) - {"day"})
    kinds = {field.get_internal_type() for field in fields_of(Response).values()}
    assert not kinds & {"GenericIPAddressField", "DateTimeField"} - {"DateTimeField"}
    moments = [name for name, field in fields_of(Response).items() if field.get_internal_type() == "DateTimeField"]
    assert moments == ["decided_at"]  # when the organiser decided, never when someone answered


def test_no_row_no_log_and_no_export_holds_who_answered(caplog: pytest.LogCaptureFixture) -> None:
    """A whole questionnaire from a known address: afterwards the address, the browser and the number occur nowhere."""
    consultation, address, agent = Open(), "192.0.2.123", "Browser of Camille/7.3"
    today = timezone.localdate()
    CalendarDate.objects.update(starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1))
    with caplog.at_level("DEBUG"):
        client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
        html = client.get(f"/avis/{consultation.qr.code}/").content.decode()
        token = html.split('name="jeton" value="')[1].split('"')[0]
        client.post(f"/avis/{consultation.qr.code}/suite/first/", {"jeton": token} | FIRST)
    kept = Response.objects.get()
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert not any(secret in logged for secret in (address, agent, kept.pk.hex, str(kept.pk), token))
    stored = everything_stored()
    assert address not in stored
    assert agent not in stored
    assert RateCounter.objects.count() == 2


def test_nothing_to_join_survives_the_day() -> None:
    consultation = Open()
    notice(consultation.qr, "192.0.2.1", at=NOON, rule=Rule())
    answer(consultation, Signals())
    assert (RateKey.objects.count(), RateCounter.objects.count(), Response.objects.get().hour) == (1, 2, 12)
    actions.end_of_day(at=NOON + timedelta(days=1))
    assert (RateKey.objects.count(), RateCounter.objects.count(), Response.objects.get().hour) == (0, 0, None)
    assert Response.objects.get().day == DAY


def test_the_same_address_has_another_hash_on_another_day() -> None:
    consultation = Open()
    seen: list[tuple[set[str], date]] = []
    for days in (0, 1):
        notice(consultation.qr, "192.0.2.1", at=NOON + timedelta(days=days), rule=Rule())
        seen.append((set(RateCounter.objects.values_list("key", flat=True)), RateKey.objects.get().day))
    (first, day), (second, next_day) = seen
    assert (day, next_day) == (DAY, DAY + timedelta(days=1))  # the first response of a day forgets the day before
    assert not first & second


def everything_stored() -> str:
    """The text of every table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)
