"""A counter code serves once, with its response or not at all, and leads to none; without it everyone still answers."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import actions, work
from parvis.web.consultation.codes import ALPHABET, new_code, read_code
from parvis.web.consultation.models import CodeBatch, Consultation, EntryPoint, Response, UnusedCode
from parvis.web.consultation.qualification import Rule, rule_from_json
from parvis.web.editions.models import CalendarDate
from parvis.web.people.models import JournalEntry
from tests.rendering.test_papers import assert_accessible, text_of
from tests.web.consultation.factories import FIRST, NOON, ConsultationFactory, EntryPointFactory, Open
from tests.web.consultation.test_integrity import everything_stored
from tests.web.consultation.test_pages import House


def asks(consultation: Open, **asked: Any) -> None:
    rule = Rule(**asked)
    ConsultationFactory(edition=consultation.edition, rule=rule.to_json(), rule_sha256=rule.sha256())


def printed(consultation: Open, size: int = 3) -> list[str]:
    return actions.print_codes(consultation.qr, size=size, by=consultation.organiser, at=NOON)[1]


def answer(point: EntryPoint, code: str, **more: Any) -> Response:
    told = {"uuid": uuid4(), "page": "first", "given": FIRST, "language": "fr", "at": NOON, "code": code} | more
    return actions.record_page(point, **told).response


@given(st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_noticed(place: int, sign: str) -> None:
    code = new_code().replace("-", "")
    changed = code[:place] + sign + code[place + 1 :]
    assert read_code(changed) == (code if changed == code else "")


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()
    assert read_code(f"  {code[:3].upper()} {code[3:]} ") == code.replace("-", "")
    assert [read_code(each) for each in ("", "abc", "0" * 10, "é" * 10, "a" * 5000)] == [""] * 5


@pytest.mark.django_db
def test_a_code_serves_once_and_the_answer_without_it_is_kept_aside() -> None:
    consultation = Open()
    asks(consultation, codes_needed=True)
    code, other, _ = printed(consultation)
    first, again, none, late = (answer(consultation.link, each) for each in (code, code.upper(), "", "abcde-fghij"))
    assert [(each.flags, each.quarantined) for each in (first, again, none)] == [
        ([], False), (["no_code"], True), (["no_code"], True),
    ]  # fmt: skip
    assert UnusedCode.objects.count() == 2
    answer(consultation.link, other, uuid=late.pk)  # whoever comes back with a good code counts after all
    late.refresh_from_db()
    assert (late.flags, late.quarantined, UnusedCode.objects.count()) == ([], False, 1)


@pytest.mark.django_db
def test_the_same_first_page_twice_uses_one_code_and_an_answer_refused_uses_none() -> None:
    consultation = Open()
    asks(consultation, codes_needed=True)
    code, other, _ = printed(consultation)
    number = uuid4()
    for given_code in (code, code, other):  # a double tap; then another slip for the same answer
        kept = answer(consultation.qr, given_code, uuid=number)
        assert (kept.flags, UnusedCode.objects.count()) == ([], 2)
    with pytest.raises(ParvisError):
        answer(consultation.qr, other, given={"satisfaction": "nine"})
    assert UnusedCode.objects.count() == 2


@pytest.mark.django_db
def test_a_code_is_worth_nothing_elsewhere_and_is_not_asked_about_bodies_that_are_not_enrolled() -> None:
    consultation = Open()
    asks(consultation, codes_needed=True)
    other = EntryPointFactory(edition=consultation.edition, kind="search")  # of a body that is not enrolled
    consultation.edition.enrolments.create(
        organisation=EntryPointFactory(edition=consultation.edition).organisation, state="accepted", created_at=NOON,
        created_by=consultation.organiser,
    )  # fmt: skip
    neighbour = EntryPoint.objects.get(kind="link", organisation__in=consultation.edition.enrolments.exclude(
        pk=consultation.enrolment.pk).values("organisation"))  # fmt: skip
    code = printed(consultation)[0]
    assert answer(other, "").flags == []
    assert answer(neighbour, code).flags == ["no_code"]
    assert UnusedCode.objects.count() == 3


@pytest.mark.django_db
def test_no_table_holds_a_code_nor_leads_from_one_to_a_response() -> None:
    consultation = Open()
    asks(consultation, codes_needed=True)
    codes = printed(consultation)
    kept = answer(consultation.qr, codes[0])
    stored = everything_stored()
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
    for model in (UnusedCode, CodeBatch):
        related = {field.related_model for field in model._meta.get_fields() if field.is_relation}
        assert Response not in related
    assert not {field.related_model for field in Response._meta.get_fields()} & {UnusedCode, CodeBatch}
    assert not any(str(kept.pk) in str(row) for row in JournalEntry.objects.values())


@pytest.mark.django_db
def test_a_paper_sheet_uses_its_code_up_when_it_counts() -> None:
    house = House()
    asks(house, codes_needed=True)
    paper = EntryPointFactory(edition=house.edition, organisation=house.body, place=house.place, kind="paper")
    code, now = printed(house)[0], timezone.now()
    for number, typed in ((1, code), (2, "")):
        for person in (house.lead, house.member):
            actions.key_sheet(paper, number=number, answers=FIRST, by=person, at=now, code=typed)
    assert sorted(Response.objects.values_list("flags", flat=True)) == [[], ["no_code"]]
    assert UnusedCode.objects.count() == 2


@pytest.mark.django_db
def test_a_lead_prints_codes_once_on_accessible_paper_and_takes_a_lost_batch_back() -> None:
    house = House()
    address = f"{house.address}codes/"
    lead, given_form = house.as_(house.lead), {"entry_point": house.qr.pk, "size": "23"}
    refused = lead.post(f"{address}imprimer/", given_form)
    assert "ne demande pas de code" in refused.content.decode()
    asks(house, codes_needed=True)
    assert house.as_(house.member).post(f"{address}imprimer/", given_form).status_code == 403
    paper = lead.post(f"{address}imprimer/", given_form)
    assert (paper["Content-Type"], paper["Cache-Control"]) == ("application/pdf", "no-store")
    assert_accessible(paper.content, "fr")
    codes = set(re.findall(r"[2-9a-z]{5}-[2-9a-z]{5}", text_of(paper.content)))
    assert len(codes) == 23 == len({read_code(each) for each in codes} - {""})
    assert answer(house.link, codes.pop(), at=timezone.now()).flags == []
    html = lead.get(address).content.decode()
    assert '<td class="govuk-table__cell govuk-table__cell--numeric">22</td>' in html
    lead.post(f"{address}annuler/", {"batch": CodeBatch.objects.get().pk})
    assert UnusedCode.objects.count() == 0
    assert list(JournalEntry.objects.values_list("verb", flat=True).order_by("verb")) == [
        "codes.cancelled", "codes.printed",
    ]  # fmt: skip


# --- the first page, and the little work of the browser


class Visitor:
    """Someone without scripts, or with a browser that does what the page asks."""

    def __init__(self, point: EntryPoint) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.address = f"/avis/{point.code}/"
        self.html = self.client.get(self.address).content.decode()
        self.token = re.search(r'name="jeton" value="([^"]+)"', self.html)[1]  # type: ignore[index]

    def send(self, **more: str) -> str:
        told = {"jeton": self.token, "vu": "satisfaction channel", **FIRST, **more}
        return self.client.post(f"{self.address}suite/first/", told).content.decode()


def opened(**asked: Any) -> Open:
    consultation, today = Open(), timezone.localdate()
    CalendarDate.objects.update(starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1))
    asks(consultation, **asked)
    return consultation


@pytest.mark.django_db
def test_a_code_that_served_gets_a_polite_page_and_the_answer_stays() -> None:
    consultation = opened(codes_needed=True)
    code = printed(consultation)[0]
    assert "Merci, votre avis est enregistré" in Visitor(consultation.qr).send(code_guichet=code)
    told = Visitor(consultation.qr).send(code_guichet=code)
    assert "Votre avis est enregistré. Mais ce code ne se lit pas ou il a déjà servi" in told
    assert [each.quarantined for each in Response.objects.order_by("quarantined")] == [False, True]


@pytest.mark.django_db
def test_the_code_of_one_person_is_on_no_page_of_another() -> None:
    consultation = opened(codes_needed=True)
    told = Visitor(consultation.qr).client.post(
        f"/avis/{consultation.qr.code}/suite/first/",
        {"jeton": Visitor(consultation.qr).token, "langue": "en", "code_guichet": "mine"},
    )
    assert 'value="mine"' in told.content.decode()
    assert "mine" not in Visitor(consultation.qr).html


@pytest.mark.django_db
def test_work_is_checked_against_the_form_and_its_absence_turns_nobody_away() -> None:
    consultation = opened(work_bits=6)
    done, without, copied = (Visitor(consultation.qr) for _ in range(3))
    proof = work.worked(done.token, 6)
    assert 'data-bits="6"' in done.html
    for visitor, given_proof in ((done, proof), (without, ""), (copied, proof)):
        assert "Merci, votre avis est enregistré" in visitor.send(preuve=given_proof)
    flags = sorted("no_work" in each for each in Response.objects.values_list("flags", flat=True))
    assert flags == [False, True, True]


@pytest.mark.django_db
def test_without_asking_the_page_carries_neither_script_nor_code() -> None:
    html = Visitor(opened().qr).html
    assert "<script" not in html
    assert "code_guichet" not in html


@pytest.mark.parametrize("change", [{"codes_needed": 1}, {"work_bits": True}, {"work_bits": 40}, {"work_bits": 1.5}])
def test_a_rule_asks_by_yes_or_no_and_never_for_minutes(change: dict[str, Any]) -> None:
    with pytest.raises(ParvisError):
        rule_from_json(Rule().to_json() | change)


@pytest.mark.django_db
def test_the_organiser_says_what_is_asked_before_opening_and_anyone_reads_it() -> None:
    house = House()
    address = reverse("organiser:consultation:publish-rule", args=[house.edition.slug])
    client = house.as_(house.organiser)
    client.post(address, {"codes_needed": "on", "work": "3"})
    assert not Consultation.objects.exists()  # it is open already
    CalendarDate.objects.update(starts_on=timezone.localdate() + timedelta(days=1))
    client.post(address, {"codes_needed": "on", "work": "3"})
    published = Consultation.objects.get()
    assert rule_from_json(published.rule).sha256() == published.rule_sha256
    assert (published.rule["codes_needed"], published.rule["work_bits"], published.rule["points"]["no_work"]) == (
        True, 13, 3,
    )  # fmt: skip
    html = Client().get(f"/avis/regle/{house.edition.slug}/").content.decode()
    assert published.rule_sha256 in html
    assert "seul compte un avis donné avec un code" in html
    assert Client().get(f"/avis/regle/{house.edition.slug}/?format=json").json() == published.rule
    text = Client().get(f"/avis/regle/{house.edition.slug}/?format=json").content
    assert hashlib.sha256(text).hexdigest() == published.rule_sha256
