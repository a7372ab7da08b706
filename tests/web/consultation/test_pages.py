"""The consultation as bodies and organisers see it: live counts, kit, paper, what citizens wrote."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from parvis.core.vocabulary import ParvisError
from parvis.web.consultation import actions
from parvis.web.consultation.kits import kits_made, save_kit
from parvis.web.consultation.models import EntryPoint, Network, PaperSheet, Response, Verbatim
from parvis.web.consultation.signals import Signals
from parvis.web.consultation.tasks import forget_yesterday
from parvis.web.editions.actions import change_date
from parvis.web.editions.models import CalendarDate, Edition, Enrolment
from parvis.web.jobs.models import Job
from parvis.web.people.models import JournalEntry
from parvis.web.territory.models import Membership, Organisation
from tests.qr import read_code
from tests.web.consultation.factories import FIRST, NOON, ConsultationPersonFactory, EntryPointFactory, Open
from tests.web.territory.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


class House(Open):
    """An open consultation with a lead and a member of the body."""

    def __init__(self) -> None:
        super().__init__()
        today = timezone.localdate()
        CalendarDate.objects.filter(edition=self.edition).update(
            starts_on=today - timedelta(days=5), ends_on=today + timedelta(days=5)
        )
        self.lead, self.member = ConsultationPersonFactory(), ConsultationPersonFactory()
        for person, role in ((self.lead, "lead"), (self.member, "member")):
            Membership.objects.create(
                organisation=self.body, person=person, role=role, granted_at=NOON, granted_by=self.organiser
            )
        self.organiser.demonstration = True  # skips the second factor
        self.organiser.save()

    def as_(self, person: Any) -> Client:
        client = Client()
        client.force_login(person)
        return client

    @property
    def address(self) -> str:
        return f"/structure/{self.body.pk}/consultation/"


@pytest.fixture
def house() -> House:
    return House()


def test_a_body_sees_its_live_counts_and_another_does_not(house: House) -> None:
    actions.record_openings(openings=[(house.qr, timezone.localdate(), 12)])
    actions.record_page(house.qr, uuid="5" * 32, page="first", given=FIRST, language="fr", at=timezone.now())
    html = house.as_(house.member).get(house.address).content.decode()
    assert "1 citoyen a donné son avis" in html
    assert "0,1 pour 1 000 habitants" in html
    assert house.as_(ConsultationPersonFactory()).get(house.address).status_code == 403
    assert Client().get(house.address).status_code == 302


def test_a_body_reads_its_integrity_statement_once_the_consultation_is_over_and_counts_by_visits(house: House) -> None:
    actions.record_page(house.qr, uuid="5" * 32, page="first", given=FIRST, language="fr", at=timezone.now(),
                        signals=Signals(trap=True))  # fmt: skip
    lead, ask = house.as_(house.lead), "Pour concourir au trophée, déclarez vos visites"
    assert ask not in lead.get(house.address).content.decode()
    Organisation.objects.filter(pk=house.body.pk).update(population=None)  # a hospital: its visits decide
    assert ask in lead.get(house.address).content.decode()
    assert lead.post(f"{house.address}reglages/visites/", {"visits": "500", "source": "Compteur"}).status_code == 302
    html = lead.get(house.address).content.decode()
    assert "2,0 pour 1 000 visites" in html.replace("\u202f", " ")
    assert "mis de côté" not in html
    assert ask not in html
    CalendarDate.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    html = lead.get(house.address).content.decode()
    assert "1 avis reçus, 0 retenus" in html
    assert "Pour le trophée : 0,0 pour 1 000 visites" in html.replace("\u202f", " ")
    assert "ce nombre ne change plus" in lead.get(f"{house.address}reglages/").content.decode()
    assert lead.get(f"{house.address}kit.png").status_code == 200
    table = house.as_(house.organiser).get(f"/pilotage/{house.edition.slug}/consultation/integrite.csv")
    row = table.content.decode().splitlines()[1]
    assert row.startswith(f"Valbrune (fictif);1;0;1;0;;0.00;visites;500;Compteur;{timezone.localdate()};0;0;0;1;")


def test_a_network_declared_by_mistake_is_withdrawn_and_the_journal_tells(house: House) -> None:
    lead = house.as_(house.lead)
    lead.post(f"{house.address}reglages/reseau/", {"kind": "staff", "addresses": "192.0.2.0/28"})
    assert "192.0.2.0/28" in lead.get(f"{house.address}reglages/").content.decode()
    lead.post(f"{house.address}reglages/reseau/retirer/", {"network": Network.objects.get().pk})
    assert not Network.objects.exists()
    assert JournalEntry.objects.filter(verb="network.withdrawn").count() == 1


def test_the_page_costs_the_same_queries_for_one_way_in_and_for_many(
    house: House, django_assert_max_num_queries: Any
) -> None:
    client = house.as_(house.lead)
    client.post(f"{house.address}ouvrir/")
    with django_assert_max_num_queries(20):
        client.get(house.address)


def test_a_lead_opens_the_ways_in_and_a_member_may_not(house: House) -> None:
    EntryPoint.objects.all().delete()
    assert house.as_(house.member).post(f"{house.address}ouvrir/").status_code == 403
    house.as_(house.lead).post(f"{house.address}ouvrir/")
    assert EntryPoint.objects.filter(organisation=house.body).count() == 6


def test_the_whole_kit_in_one_click_leads_to_the_right_ways_in(house: House) -> None:
    """The poster of the place leads to its own QR, the frame to the address that other sites may show."""
    client = house.as_(house.lead)
    client.post(f"{house.address}ouvrir/")
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{house.address}kit.zip").content))
    names = archive.namelist()
    assert {"LISEZMOI.txt", "affiche-a3.pdf", "depliant-a5.pdf", "integration.html", "signature.html"} <= set(names)
    (own,) = [name for name in names if re.fullmatch("points-d-entree/[^/]+/qr/qr.png", name)]
    assert read_code(archive.read(own)) == f"http://localhost:8000/avis/{house.qr.code}/"
    embed, kiosk = (EntryPoint.objects.get(kind=kind, organisation=house.body) for kind in ("embed", "kiosk"))
    assert f'src="http://localhost:8000/avis/{embed.code}/cadre/"' in archive.read("integration.html").decode()
    folder = own.removesuffix("qr/qr.png")
    assert f"/avis/{house.qr.code}/cadre/" in archive.read(f"{folder}integration.html").decode()
    assert f"/avis/{kiosk.code}/borne/" in archive.read(f"{folder}LISEZMOI.txt").decode()
    assert f"{folder}borne/affichette-a4.pdf" in names


def test_a_colour_that_cannot_be_read_and_a_logo_that_is_none(house: House) -> None:
    client = house.as_(house.lead)
    refused = client.post(f"{house.address}reglages/", {"accent": "rouge"}).content.decode()
    assert "govuk-error-summary" in refused
    bad = io.BytesIO(b"not a picture")
    bad.name = "logo.png"
    assert (
        "le logo ne se lit pas"
        in client.post(f"{house.address}reglages/", {"accent": "", "logo": bad}).content.decode()
    )
    assert client.post(f"{house.address}reglages/", {"accent": "#B35C00"}).status_code == 302


def another(house: House) -> int:
    """Another body of the edition, of the same name, with its link alone."""
    body = OrganisationFactory(name=house.body.name, demonstration=True)
    Enrolment.objects.create(
        edition=house.edition, organisation=body, state=Enrolment.State.ACCEPTED, created_at=NOON,
        created_by=house.organiser,
    )  # fmt: skip
    EntryPointFactory(edition=house.edition, organisation=body, place=None, kind="link")
    return int(body.pk)


def test_all_kits_are_made_in_the_background(house: House, settings: Any, tmp_path: Any,
                                             django_capture_on_commit_callbacks: Any) -> None:  # fmt: skip
    """In the language chosen, kept apart from the other's."""
    settings.MEDIA_ROOT = tmp_path
    client, address = house.as_(house.organiser), f"/pilotage/{house.edition.slug}/consultation/"
    assert client.post(f"{address}kits/", {"language": "de"}).status_code == 404
    others = [another(house) for _ in range(2)]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{address}kits/", {"language": "en"})
    job = Job.objects.get()
    assert (job.state, job.done, job.total, job.result) == ("done", 3, 3, {"kits": 3})
    assert (kits_made(house.edition, "en").keys(), kits_made(house.edition, "fr")) == ({house.body.pk, *others}, {})
    assert f"{address}kits.zip?langue=en" in client.get(address).content.decode()
    assert f"{address}kits.zip?langue=fr" not in client.get(address).content.decode()
    assert client.get(f"{address}kits.zip?langue=fr").status_code == 404
    together = client.get(f"{address}kits.zip?langue=en")
    assert f"kits-{house.edition.slug}-en.zip" in together["Content-Disposition"]
    names = zipfile.ZipFile(io.BytesIO(b"".join(together.streaming_content))).namelist()
    assert set(names) == {f"kit-valbrune-fictif-{pk}-en.zip" for pk in (house.body.pk, *others)}
    for pk in others:  # made side by side, each leads to its own body
        signature = zipfile.ZipFile(kits_made(house.edition, "en")[pk]).read("signature.html").decode()
        assert f"/avis/{EntryPoint.objects.get(organisation=pk).code}/" in signature


def test_a_body_is_given_the_kit_made_for_it_in_its_language_until_something_changes(
    house: House, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = house.as_(house.lead)
    path = save_kit(house.edition, house.body, language="en")
    english = client.get(f"{house.address}kit.zip?langue=en")
    assert english.content == path.read_bytes()
    assert f"-{house.edition.year}-en.zip" in english["Content-Disposition"]
    assert "README.txt" in zipfile.ZipFile(io.BytesIO(english.content)).namelist()
    assert "kit.zip?langue=en" in client.get(house.address).content.decode()
    client.post(f"{house.address}reglages/", {"accent": "#004A2F"})
    changed = client.get(f"{house.address}kit.zip?langue=en").content
    assert b"#004a2f" in zipfile.ZipFile(io.BytesIO(changed)).read("signature.html").lower()
    assert [save_kit(house.edition, house.body, language="en")] == list(path.parent.iterdir()) != [path]


def test_the_organiser_sees_why_a_response_is_set_aside_and_takes_it_back(house: House) -> None:

    kept = actions.record_page(
        house.qr, uuid="5" * 32, page="first", given=FIRST, language="fr", at=timezone.now(), signals=Signals(trap=True)
    ).response
    client, address = house.as_(house.organiser), f"/pilotage/{house.edition.slug}/consultation/"
    assert "champ invisible rempli" in client.get(address).content.decode()
    client.post(f"{address}reprendre/", {"response": str(kept.pk)})
    assert Response.objects.get().quarantined  # no reason given
    client.post(f"{address}reprendre/", {"response": str(kept.pk), "reason": "Lecteur d’écran."})
    assert not Response.objects.get().quarantined
    assert house.as_(house.lead).get(address).status_code == 403


# --- paper


def paper(house: House) -> EntryPoint:
    wanted = [actions.NewEntryPoint(house.body, "paper", house.place)]
    return actions.open_entry_points(house.edition, wanted=wanted, by=house.lead, at=NOON, seed=1)[0]


def test_two_people_who_read_the_same_make_a_response(house: House) -> None:
    point, now = paper(house), timezone.now()
    answers = FIRST | {"comment": "Appelez Jean Dupont"}
    actions.key_sheet(point, number=12, answers=answers, by=house.lead, at=now)
    assert not Response.objects.exists()
    actions.key_sheet(point, number=12, answers=answers | {"comment": "Appelez J. Dupont"}, by=house.member, at=now)
    assert Response.objects.get().answers == FIRST
    sheet = PaperSheet.objects.get()
    assert (sheet.first, sheet.second, sheet.settled_by) == ({}, {}, house.member)
    assert "Dupont" not in Verbatim.objects.get().masked


def test_two_people_who_read_differently_settle_paper_in_hand(house: House) -> None:
    point, now = paper(house), timezone.now()
    actions.key_sheet(point, number=12, answers=FIRST, by=house.lead, at=now)
    actions.key_sheet(point, number=12, answers=FIRST | {"satisfaction": "1"}, by=house.member, at=now)
    assert not Response.objects.exists()
    sheet = PaperSheet.objects.get()
    html = house.as_(house.member).get(f"{house.address}papier/{sheet.pk}/regler/").content.decode()
    assert "Plutôt satisfait" in html
    assert "Très mécontent" in html
    house.as_(house.member).post(f"{house.address}papier/{sheet.pk}/regler/", FIRST)
    assert Response.objects.get().answers == FIRST


def test_one_person_cannot_key_a_sheet_twice_and_a_counted_sheet_is_not_counted_again(house: House) -> None:
    point, now = paper(house), timezone.now()
    actions.key_sheet(point, number=12, answers=FIRST, by=house.lead, at=now)
    with pytest.raises(ParvisError) as refused:
        actions.key_sheet(point, number=12, answers=FIRST, by=house.lead, at=now)
    assert [fault.code for fault in refused.value.faults] == ["same_person_twice"]
    actions.key_sheet(point, number=12, answers=FIRST, by=house.member, at=now)
    with pytest.raises(ParvisError):
        actions.key_sheet(point, number=12, answers=FIRST, by=house.lead, at=now)
    assert Response.objects.count() == 1


def test_a_sheet_keyed_once_is_forgotten_when_the_data_freeze(house: House) -> None:
    now = timezone.now()
    sheet = actions.key_sheet(paper(house), number=12, answers=FIRST, by=house.lead, at=now)
    assert actions.forget_sheets() == 0
    Edition.objects.update(state=Edition.State.FROZEN)
    forget_yesterday(now)
    sheet.refresh_from_db()
    assert (sheet.first, sheet.first_by, actions.forget_sheets()) == ({}, house.lead, 0)


def test_the_desk_keys_a_sheet_and_prints_the_form_in_any_language(house: House) -> None:
    point = paper(house)
    client = house.as_(house.lead)
    sent = {"number": "7", "point": str(point.pk), **FIRST, "effort": "na"}
    assert client.post(f"{house.address}papier/saisir/", sent).status_code == 302
    assert "Feuille 7" in client.get(f"{house.address}papier/").content.decode()
    assert "il manque une réponse" in client.post(
        f"{house.address}papier/saisir/", {"number": "8", "point": str(point.pk)}
    ).content.decode()  # fmt: skip
    arabic = client.get(f"{house.address}papier/formulaire/?langue=ar").content.decode()
    assert 'dir="rtl"' in arabic
    assert point.code in arabic


def test_a_sheet_is_keyed_in_its_own_language_which_its_response_keeps(house: House) -> None:
    """Two people who do not read the same language settle, as for any other answer."""
    point, path = paper(house), f"{house.address}papier/saisir/"
    sent = {"number": "7", "point": str(point.pk), **FIRST}
    page = house.as_(house.lead).get(f"{path}?langue=ar").content.decode()
    assert '<div lang="ar" dir="rtl">' in page
    assert '<input type="hidden" name="langue" value="ar">' in page
    house.as_(house.lead).post(f"{path}?langue=ar", sent | {"langue": "ar"})
    house.as_(house.member).post(path, sent | {"langue": "es"})
    assert not Response.objects.exists()
    settling = f"{house.address}papier/{PaperSheet.objects.get().pk}/regler/"
    html = house.as_(house.member).get(settling).content.decode()
    assert "العربية</td>" in html
    assert "Español</td>" in html
    house.as_(house.member).post(settling, FIRST | {"langue": "ar"})
    assert Response.objects.get().language == "ar"


# --- what citizens wrote


def test_nobody_reads_what_citizens_wrote_before_delivery(house: House) -> None:
    assert house.as_(house.lead).get(f"{house.address}paroles/").status_code == 404


def test_reading_is_journaled_and_themes_are_suggested_then_corrected(house: House) -> None:
    from tests.factories import DeliveryFactory, PublicationFactory, ScorecardFactory

    number = "5" * 32
    actions.record_page(house.qr, uuid=number, page="first", given=FIRST, language="fr", at=timezone.now())
    actions.record_page(house.qr, uuid=number, page="words", language="fr", at=timezone.now(),
                        given={"comment": "Trop d’attente, merci à Mme Martin"})  # fmt: skip
    card = ScorecardFactory(publication=PublicationFactory(edition=house.edition), organisation=house.body)
    DeliveryFactory(scorecard=card)
    client = house.as_(house.member)
    html = client.get(f"{house.address}paroles/").content.decode()
    assert "Trop d’attente, merci à Mme [nom]" in html
    assert JournalEntry.objects.filter(verb="verbatims.read", by=house.member).count() == 1
    verbatim = Verbatim.objects.get()
    assert verbatim.themes == ["waiting"]
    client.post(f"{house.address}paroles/themes/", {"verbatim": verbatim.pk, "themes": ["courtesy"]})
    verbatim.refresh_from_db()
    assert verbatim.themes == ["courtesy"]
    assert "Trop d’attente" not in client.get(f"{house.address}paroles/?theme=waiting").content.decode()


def test_a_seal_is_broken_with_a_reason_and_originals_are_purged_for_ever(house: House) -> None:
    number = "5" * 32
    actions.record_page(house.qr, uuid=number, page="first", given=FIRST, language="fr", at=timezone.now())
    actions.record_page(house.qr, uuid=number, page="words", language="fr", at=timezone.now(),
                        given={"comment": "Menaces de Jean Dupont"})  # fmt: skip
    verbatim = Verbatim.objects.get()
    assert actions.break_seal(verbatim, reason="Signalement au procureur.", by=house.organiser, at=NOON) == (
        "Menaces de Jean Dupont"
    )
    assert JournalEntry.objects.filter(verb="verbatim.seal_broken").count() == 1
    assert actions.purge_originals(house.edition, by=house.organiser, at=NOON) == 1
    assert re.fullmatch(r"Menaces de \[nom\]", Verbatim.objects.get().masked)
    assert bytes(Verbatim.objects.get().sealed) == b""


def _said(house: House, text: str) -> Verbatim:
    number, now = "5" * 32, timezone.now()
    actions.record_page(house.qr, uuid=number, page="first", given=FIRST, language="fr", at=now)
    actions.record_page(house.qr, uuid=number, page="words", given={"comment": text}, language="fr", at=now)
    return Verbatim.objects.get()


def test_the_organiser_opens_one_original_for_a_reason_that_stays(house: House) -> None:
    verbatim = _said(house, "Menaces de Jean Dupont")
    client, address = house.as_(house.organiser), f"/pilotage/{house.edition.slug}/consultation/textes/"
    assert "Menaces de [nom]" in client.get(address).content.decode()
    refused = client.post(address, {"verbatim": verbatim.pk, "reason": " "}).content.decode()
    assert "Jean Dupont" not in refused
    told = client.post(address, {"verbatim": verbatim.pk, "reason": "Signalement au procureur."})
    assert "Menaces de Jean Dupont" in told.content.decode()
    assert told.headers["Cache-Control"] == "no-store"
    broken = JournalEntry.objects.get(verb="verbatim.seal_broken")
    assert (broken.by, broken.detail) == (house.organiser, {"reason": "Signalement au procureur."})
    assert "Jean Dupont" not in client.get(address).content.decode()


def test_originals_go_six_months_after_the_results(house: House) -> None:
    verbatim, results_on = _said(house, "Menaces de Jean Dupont"), date(2026, 11, 26)
    change_date(house.edition, kind=CalendarDate.Kind.RESULTS, starts_on=results_on, ends_on=results_on,
                by=house.organiser, at=NOON)  # fmt: skip
    for days, erased in ((183, 0), (184, 1), (185, 0)):
        at = datetime(2026, 11, 26, 12, tzinfo=UTC) + timedelta(days=days)
        assert actions.purge_old_originals(at=at) == erased
    verbatim.refresh_from_db()
    assert (bytes(verbatim.sealed), verbatim.masked) == (b"", "Menaces de [nom]")
