"""A request leaves by a real SMTP server, what comes back is read from a real IMAP one, and only people answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from typing import Any
from urllib.parse import quote

import pytest

from parvis.core.vocabulary import ParvisError
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import actions, mailbox
from parvis.web.fieldwork.mailbox import fetching
from parvis.web.fieldwork.mailbox.tasks import fetch_mail
from parvis.web.fieldwork.models import Event, Evidence, MailboxCursor, MissionMail, Observation
from parvis.web.jobs.models import Mail
from tests.web.fieldwork.factories import Field
from tests.web.fieldwork.mail_servers import Post, running

pytestmark = pytest.mark.django_db
SENT = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def servers() -> Iterator[Post]:
    with running() as post:
        yield post


@pytest.fixture
def post(servers: Post, settings: Any) -> Post:
    fresh = Post(servers.smtp_port, servers.imap_port)
    for name in ("sent", "box", "validity", "cut_at", "refused", "asked"):
        setattr(servers, name, getattr(fresh, name))
    secret = quote(servers.secret, safe="")
    settings.MAILBOX_ADDRESS = "courrier+{}@messages.example"
    settings.MAILBOX_SMTP = f"smtp://boite:{secret}@127.0.0.1:{servers.smtp_port}"
    settings.MAILBOX_IMAP = f"imap://boite:{secret}@127.0.0.1:{servers.imap_port}/INBOX"
    return servers


class Case:
    """An e-mail mission whose request has left."""

    def __init__(self, post: Post, field: Field) -> None:
        self.post, self.field, self.mission = post, field, field.mission("email")
        self.sent = self.send()
        self.address = mailbox.address_of(self.mission, by=field.person, at=SENT)

    def send(self, **given: Any) -> MissionMail:
        asked = {
            "to": "accueil@mairie.example", "name": "Camille Martin", "subject": "Inscription à la cantine",
            "text": "Bonjour,\nComment inscrire mon fils ?\nMerci", "by": self.field.person, "at": SENT,
        }  # fmt: skip
        return mailbox.send_mail(self.mission, **asked | given)

    def events(self) -> list[tuple[str, date]]:
        return list(Event.objects.filter(observation__mission=self.mission).values_list("kind", "on"))

    def come(self, headers: str = "", body: str = "Bonjour, au guichet.", **given: Any) -> None:
        raw = f"From: Accueil <accueil@mairie.example>\nTo: x@y.example\n{headers}\n\n{body}\n".replace("\n", "\r\n")
        self.post.deliver(raw.encode(), **{"to": self.address} | given)


@pytest.fixture
def case(post: Post) -> Case:
    return Case(post, Field("email"))


def refusal(act: Any) -> str:
    with pytest.raises(ParvisError) as refused:
        act()
    return refused.value.faults[0].code


# --- leaving


def test_a_request_leaves_from_an_ordinary_name_and_opens_the_case(case: Case) -> None:
    ((sender, to, raw),) = case.post.sent
    message = message_from_bytes(raw)
    assert (sender, to) == (case.address, ["accueil@mairie.example"])
    assert message["From"] == f"Camille Martin <{case.address}>"
    assert message["Message-ID"] == case.sent.message_id
    assert message["Date"] == "Mon, 02 Mar 2026 09:00:00 +0100"
    everything = raw.decode().lower()
    assert not any(word in everything for word in ("parvis", "barom", "mission", str(case.field.person.email)))
    assert case.events() == [("sent", date(2026, 3, 2))]
    assert Observation.objects.get().half_day == "am"
    assert case.sent.sent_by == case.field.person
    with case.sent.raw.open("rb") as kept:
        assert kept.read() == raw


def test_a_request_leaves_once_and_a_reminder_follows_its_thread(case: Case) -> None:
    assert refusal(case.send) == "already_sent"
    case.send(reminder=True, subject="Re: Inscription à la cantine", at=LATER)
    assert [kind for kind, _ in case.events()] == ["sent", "reminder"]
    assert message_from_bytes(case.post.sent[1][2])["In-Reply-To"] == case.sent.message_id
    other = case.field.mission("email")
    asked = {"to": "a@m.example", "name": "C", "subject": "S", "text": "T", "by": case.field.person, "at": SENT}
    assert refusal(lambda: mailbox.send_mail(other, **asked, reminder=True)) == "nothing_sent"
    assert refusal(lambda: mailbox.send_mail(case.field.mission("phone"), **asked)) == "not_an_email"
    assert refusal(lambda: mailbox.send_mail(other, **asked | {"by": case.field.organiser})) == "not_yours"


def test_what_the_server_refuses_is_told_and_tried_again_under_the_same_identifier(post: Post) -> None:
    field = Field("email")
    mission = field.mission("email")
    asked = {"name": "C", "subject": "S", "text": "T", "by": field.person}
    post.refused = {"faux@mairie.example"}
    with pytest.raises(ParvisError, match=r"550 5\.1\.1 no such person"):
        mailbox.send_mail(mission, to="faux@mairie.example", at=SENT, **asked)
    assert not Observation.objects.exists()
    first = MissionMail.objects.get()
    assert first.sent_at is None
    again = mailbox.send_mail(mission, to="vrai@mairie.example", at=SENT + timedelta(seconds=5), **asked)
    assert (again.pk, again.message_id) == (first.pk, first.message_id)
    assert Observation.objects.count() == 1


def test_a_second_press_while_the_first_is_leaving_sends_nothing(post: Post) -> None:
    field = Field("email")
    mission = field.mission("email")
    mailbox.address_of(mission, by=field.person, at=SENT)
    MissionMail.objects.create(
        mission=mission, kind="sent", message_id="<a@m>", moment=SENT, proof="SMTP", sha256="0" * 64
    )
    asked = {"to": "a@m.example", "name": "C", "subject": "S", "text": "T", "by": field.person}
    assert refusal(lambda: mailbox.send_mail(mission, **asked, at=SENT + timedelta(seconds=30))) == "already_leaving"
    assert post.sent == []
    mailbox.send_mail(mission, **asked, at=SENT + timedelta(minutes=3))  # the first was cut; its identifier is kept
    assert message_from_bytes(post.sent[0][2])["Message-ID"] == "<a@m>"


def test_a_name_cannot_slip_a_header_in(case: Case) -> None:
    field = case.field
    mailbox.send_mail(
        field.mission("email"), to="a@m.example", name="Camille\r\nBcc: x@y.example", subject="S\nX-A: b", text="T",
        by=field.person, at=SENT,
    )  # fmt: skip
    message = message_from_bytes(case.post.sent[-1][2])
    assert (message["Bcc"], message["X-A"], message["Subject"]) == (None, None, "S X-A: b")


def test_without_a_mailbox_nothing_leaves_and_nothing_is_fetched(settings: Any) -> None:
    settings.MAILBOX_ADDRESS = ""
    field = Field("email")
    asked = {"to": "a@m.example", "name": "C", "subject": "S", "text": "T", "by": field.person, "at": SENT}
    assert refusal(lambda: mailbox.send_mail(field.mission("email"), **asked)) == "mailbox_off"
    fetch_mail(LATER)
    assert mailbox.fetch(at=LATER) == 0
    assert not MailboxCursor.objects.exists()


# --- coming back


def test_an_answer_waits_for_the_observer_and_counts_on_the_day_its_header_proves(case: Case) -> None:
    case.come(f"In-Reply-To: {case.sent.message_id}\nMessage-ID: <r@m>\nDate: Mon, 2 Mar 2026 09:05:00 +0100")
    assert mailbox.fetch(at=LATER) == 1
    mail = MissionMail.objects.get(kind="person")
    assert (mail.mission, mail.proof, mail.moment) == (
        case.mission,
        "Received",
        datetime(2026, 3, 6, 8, 30, tzinfo=UTC),
    )
    assert case.events() == [("sent", date(2026, 3, 2))]
    assert Mail.objects.get(to=case.field.person.email).subject.endswith(f"M{case.mission.pk}")
    assert mailbox.qualifications(mail) == ("acknowledged", "transferred", "partial_answer", "answered")
    mailbox.qualify(mail, kind="answered", by=case.field.person, at=LATER)
    assert case.events()[1:] == [("answered", date(2026, 3, 6))]
    assert Event.objects.get(kind="answered").detail.startswith("Received : 06/03/2026 09:30")
    piece = Evidence.objects.get()
    assert (piece.kind, piece.masked) == ("mail", False)
    assert b"Bonjour, au guichet." in piece.file.read()
    assert (
        refusal(lambda: mailbox.qualify(mail, kind="answered", by=case.field.person, at=LATER)) == "already_qualified"
    )


def test_machines_are_noted_at_once_and_never_answer(case: Case) -> None:
    case.come("Auto-Submitted: auto-replied\nSubject: Re: Inscription", "Nous avons bien reçu votre message.")
    case.come("Auto-Submitted: auto-replied\nSubject: Absence du bureau", at="Sat, 7 Mar 2026 10:00:00 +0100")
    case.come("X-Failed-Recipients: accueil@mairie.example", at="Sun, 8 Mar 2026 10:00:00 +0100", back="")
    assert mailbox.fetch(at=LATER) == 3
    assert case.events()[1:] == [
        ("auto_reply", date(2026, 3, 6)), ("auto_reply", date(2026, 3, 7)), ("bounce", date(2026, 3, 8)),
    ]  # fmt: skip
    reply, absence, bounce = MissionMail.objects.exclude(kind="sent").order_by("moment")
    for mail in (reply, absence, bounce):
        refused = refusal(lambda mail=mail: mailbox.qualify(mail, kind="answered", by=case.field.person, at=LATER))
        assert refused == "mail_of_a_machine"
    mailbox.qualify(reply, kind="acknowledged", by=case.field.person, at=LATER)  # an automatic one acknowledges
    assert ("acknowledged", date(2026, 3, 6)) in case.events()
    assert mailbox.qualifications(absence) == mailbox.qualifications(bounce) == ()
    assert not Mail.objects.exists()


def test_a_ticket_desk_marks_its_people_s_words_and_the_observer_sees_through_it(case: Case) -> None:
    case.come("Auto-Submitted: auto-generated\nSubject: [Ticket 12] Inscription", "Bonjour, venez au guichet 3.")
    mailbox.fetch(at=LATER)
    mail = MissionMail.objects.get(kind="auto_reply")
    assert "answered" in mailbox.qualifications(mail)
    mailbox.qualify(mail, kind="answered", by=case.field.person, at=LATER)
    assert ("answered", date(2026, 3, 6)) in case.events()


def test_threads_hold_by_address_then_by_reference_then_by_what_a_report_returns(case: Case) -> None:
    case.come("Subject: sans lien")  # by the address alone
    case.come(f"References: <old@m> {case.sent.message_id}", to="courrier@messages.example")  # by the reference alone
    report = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nAction: failed\nStatus: 5.1.1\n--b\n"
        f"Content-Type: text/rfc822-headers\n\nMessage-ID: {case.sent.message_id}\n--b--"
    )
    case.post.deliver(f"From: MAILER-DAEMON@mx.example\n{report}".replace("\n", "\r\n").encode(), to="nobody@m.example")
    case.come(to="courrier+zzzzzzzzzzzz@messages.example")  # a token that nobody was given
    assert mailbox.fetch(at=LATER) == 4
    homed = MissionMail.objects.exclude(kind="sent").filter(mission=case.mission)
    assert sorted(homed.values_list("kind", flat=True)) == ["bounce", "person", "person"]
    lost = MissionMail.objects.get(mission=None)
    assert lost.note == "Aucune mission n’a cette adresse."
    mailbox.attach(lost, mission=case.mission, by=case.field.organiser, at=LATER)
    lost.refresh_from_db()
    assert (lost.mission, lost.note) == (case.mission, "")
    assert (
        refusal(lambda: mailbox.attach(lost, mission=case.mission, by=case.field.organiser, at=LATER))
        == "already_attached"
    )


def test_reading_again_or_anew_brings_nothing_twice(case: Case) -> None:
    case.come("Message-ID: <1@m>")
    case.come("Message-ID: <2@m>")
    assert mailbox.fetch(at=LATER) == 2
    last = MailboxCursor.objects.get().last_uid
    assert mailbox.fetch(at=LATER) == 0
    case.post.validity = 8  # the server numbers everything anew
    assert mailbox.fetch(at=LATER) == 0
    assert (MailboxCursor.objects.get().validity, MailboxCursor.objects.get().last_uid) == (8, last)
    case.come("Message-ID: <1@m>", at="Mon, 9 Mar 2026 09:30:00 +0100")  # the same message by another way
    assert mailbox.fetch(at=LATER) == 0
    assert MissionMail.objects.filter(kind="person").count() == 2


def test_a_reading_cut_in_a_message_writes_nothing_of_it_and_goes_on_later(case: Case) -> None:
    case.come("Message-ID: <1@m>")
    mailbox.fetch(at=LATER)
    case.come("Message-ID: <2@m>", "x" * 5000)
    case.post.cut_at = 300
    assert mailbox.fetch(at=LATER) == 0
    cursor = MailboxCursor.objects.get()
    assert cursor.problem
    assert MissionMail.objects.filter(kind="person").count() == 1
    case.post.cut_at = None
    assert mailbox.fetch(at=LATER) == 1
    assert MailboxCursor.objects.get().problem == ""
    assert MissionMail.objects.get(message_id="<2@m>").body == "x" * 5000


def test_a_wrong_password_or_a_server_that_is_gone_is_kept_as_the_reason(case: Case, settings: Any) -> None:
    settings.MAILBOX_IMAP = settings.MAILBOX_IMAP.replace("boite:", "boite:faux")
    assert mailbox.fetch(at=LATER) == 0
    assert "AUTHENTICATIONFAILED" in MailboxCursor.objects.get().problem
    settings.MAILBOX_IMAP = "imap://boite:x@127.0.0.1:1/INBOX"
    assert mailbox.fetch(at=LATER) == 0
    assert "refused" in MailboxCursor.objects.get().problem.lower()


def test_nothing_is_changed_on_the_server_and_large_messages_are_read_by_their_headers(
    case: Case, monkeypatch: Any
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 2000)
    case.come("Message-ID: <big@m>", "x" * 9000)
    assert mailbox.fetch(at=LATER) == 1
    mail = MissionMail.objects.get(message_id="<big@m>")
    assert (mail.body, mail.proof, mail.mission) == ("", "Received", case.mission)
    assert not any("STORE" in words or "BODY[" in words or words.startswith("SELECT") for words in case.post.asked)


def test_an_answer_after_the_case_is_closed_is_kept_and_says_why_it_is_outside(case: Case) -> None:
    Edition.objects.filter(pk=case.field.edition.pk).update(state=Edition.State.FROZEN)
    case.come("Auto-Submitted: auto-replied")
    case.come("Message-ID: <late@m>")
    assert mailbox.fetch(at=LATER) == 2
    machine, person = (MissionMail.objects.get(kind=kind) for kind in ("auto_reply", "person"))
    assert "l’édition est figée" in machine.note.lower()
    assert refusal(lambda: mailbox.qualify(person, kind="answered", by=case.field.person, at=LATER)) == "mail_not_noted"
    assert [kind for kind, _ in case.events()] == ["sent"]


def test_what_came_before_the_case_is_kept_until_there_is_one(post: Post) -> None:
    field = Field("email")
    mission = field.mission("email")
    address = mailbox.address_of(mission, by=field.person, at=SENT)
    post.deliver(b"From: a@m.example\r\nAuto-Submitted: auto-replied\r\n\r\nx\r\n", to=address)
    assert mailbox.fetch(at=LATER) == 1
    assert "pas de dossier ouvert" in MissionMail.objects.get().note
    actions.open_case(mission, uuid="6b1d0c9e-7d2e-4f0a-9a67-0d1f5f6f2a11", sent_on=SENT.date(), half_day="am",
                      by=field.person, at=SENT)  # fmt: skip
    assert Observation.objects.count() == 1


def test_the_worker_reads_every_five_minutes(case: Case) -> None:
    case.come("Message-ID: <1@m>")
    fetch_mail(LATER)
    case.come("Message-ID: <2@m>")
    fetch_mail(LATER + timedelta(minutes=4))
    assert MissionMail.objects.filter(kind="person").count() == 1
    fetch_mail(LATER + timedelta(minutes=5))
    assert MissionMail.objects.filter(kind="person").count() == 2


def test_two_workers_do_not_read_the_box_together(case: Case) -> None:
    assert fetching.take_turn(LATER)
    assert not fetching.take_turn(LATER + timedelta(minutes=1))
    assert fetching.take_turn(LATER + timedelta(minutes=5))


def test_a_message_that_breaks_our_reading_is_kept_and_stops_nothing(case: Case, monkeypatch: Any) -> None:
    odd = b"\x00\xff\xe9 <\x00@m>"
    names = (b"From", b"Subject", b"Message-ID", b"X-Autoreply", b"In-Reply-To", b"Date", b"Content-Type")
    case.post.shelve(b"".join(name + b": " + odd + b"\r\n" for name in names) + b"\r\n" + odd)
    case.come("Message-ID: <next@m>")
    assert mailbox.fetch(at=LATER) == 2
    assert MissionMail.objects.get(mission=None).kind == "auto_reply"

    def fail(*_: Any, **__: Any) -> None:
        raise RecursionError

    monkeypatch.setattr("parvis.web.fieldwork.mailbox.keeping.kind_of", fail)
    case.come("Message-ID: <breaks@m>")
    assert mailbox.fetch(at=LATER) == 1
    assert "ne se lit pas" in MissionMail.objects.latest("pk").note


def test_addresses_say_nothing_of_their_mission_and_stay_the_same(case: Case) -> None:
    token = case.address.removeprefix("courrier+").removesuffix("@messages.example")
    assert len(token) == 12
    assert str(case.mission.pk) not in token or len(str(case.mission.pk)) < 3
    assert mailbox.address_of(case.mission, by=case.field.person, at=LATER) == case.address
