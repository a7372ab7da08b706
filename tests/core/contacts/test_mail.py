"""Messages as town halls' servers really write them: who wrote, when it came, what it answers."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.contacts.delays import EventKind
from parvis.core.contacts.mail import (
    MailKind,
    address_with,
    answered_ids,
    day_of,
    header_text,
    id_of,
    kind_of,
    moment_of,
    own_words,
    proposal,
    read_message,
    text_of,
    tokens_in,
)

LATEST = datetime(2026, 3, 20, 12, tzinfo=UTC)
PATTERN = "courrier+{}@messages.example"


def mail(headers: str = "", body: str = "Bonjour, la piscine ouvre à 9 h.") -> bytes:
    return f"From: accueil@mairie.example\nTo: x@y.example\n{headers}\n\n{body}".replace("\n", "\r\n").encode()


DSN = """Return-Path: <>
From: MAILER-DAEMON@mx.mairie.example (Mail Delivery System)
To: courrier+k3j4h5m6@messages.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Je suis le serveur. Adresse inconnue.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.mairie.example

Final-Recipient: rfc822; acceuil@mairie.example
Action: ACTION
Status: 5.1.1
--b
Content-Type: text/rfc822-headers

From: Camille <courrier+k3j4h5m6@messages.example>
Message-ID: <sent-1@messages.example>
--b--
"""
RECEIPT = DSN.replace("report-type=delivery-status", "report-type=disposition-notification").replace(
    "message/delivery-status", "message/disposition-notification"
)

# kind, certain, and the message: each as one product or another writes it.
MACHINES = {
    "RFC 3834 reply": ("auto_reply", True, mail("Auto-Submitted: auto-replied\nSubject: Re: Inscription")),
    "RFC 3834 with a parameter": ("auto_reply", True, mail('Auto-Submitted: auto-replied; owner-email="a@b.example"')),
    "ticket desk": ("auto_reply", False, mail("Auto-Submitted: auto-generated\nSubject: [Ticket 12] Votre demande")),
    "older mark": ("auto_reply", True, mail("X-Autoreply: yes")),
    "autorespond": ("auto_reply", True, mail("X-Autorespond: Inscription")),
    "precedence": ("auto_reply", True, mail("Precedence: auto_reply")),
    "newsletter": ("auto_reply", False, mail("Precedence: bulk\nList-Id: <lettre.mairie.example>")),
    "null return path": ("auto_reply", True, mail("Return-Path: <>")),
    "outlook absence": ("absence", True, mail("Auto-Submitted: auto-generated\nSubject: Réponse automatique : Absente",
                                              "Je suis absente jusqu’au 12 mars.")),
    "absence by subject": ("absence", False, mail("Subject: =?utf-8?q?Absence_du_bureau_=3A_Inscription?=")),
    "english absence": ("absence", False, mail("Subject: Automatic reply: Inscription", "I am away.")),
    "absence in words alone": ("absence", False, mail("Subject: Re: x", "Bonjour,\nJe suis actuellement en congés.\n"
                                                      "En mon absence, contactez l’accueil.")),
    "read receipt": ("auto_reply", True, RECEIPT.encode()),
    "failed": ("bounce", True, DSN.replace("ACTION", "failed").encode()),
    "failed, as the big mail hosts say": ("bounce", True, mail("X-Failed-Recipients: a@b.example")),
    "delayed only": ("auto_reply", True, DSN.replace("ACTION", "delayed").encode()),
    "bounce without a report": ("bounce", True, mail("Return-Path: <>").replace(b"accueil@", b"MAILER-DAEMON@")),
}  # fmt: skip


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_s_message_is_never_taken_for_a_person_s(name: str) -> None:
    kind, certain, raw = MACHINES[name]
    reading = kind_of(read_message(raw))
    assert (reading.kind.value, reading.certain) == (kind, certain)
    assert reading.shown_by


@pytest.mark.parametrize(
    "raw",
    [
        mail("Subject: Re: Inscription\nAuto-Submitted: no\nReturn-Path: <accueil@mairie.example>"),
        mail("Subject: Absence de cantine\nX-Auto-Response-Suppress: All\nPrecedence: first-class"),
        mail("Subject: Re: x", "Mme X étant absente, je vous réponds : la piscine ouvre à 9 h."),
        mail("Subject: Re: x", "Voici la réponse.\n\n> Je suis absent jusqu’au 12, de retour le 13."),
        mail("X-Autoreply: no\nSubject: Re: x"),
    ],
)
def test_a_person_s_message_is_never_taken_for_a_machine_s(raw: bytes) -> None:
    assert kind_of(read_message(raw)).kind is MailKind.PERSON


RECEIVED = (
    "Received: from mx.mairie.example by imap.messages.example; Fri, 6 Mar 2026 09:30:00 +0100\n"
    "Received: from poste by mx.mairie.example; Mon, 2 Mar 2026 09:00:00 +0100\n"
    "Date: Sun, 1 Mar 2026 08:00:00 +0100"
)


def test_the_moment_is_that_of_our_own_server_not_the_sender_s_word() -> None:
    moment = moment_of(read_message(mail(RECEIVED)), stored=LATEST, latest=LATEST)
    assert (moment.at, moment.proof) == (datetime(2026, 3, 6, 8, 30, tzinfo=UTC), "Received")


def test_without_a_trace_the_server_s_shelf_then_the_sender_s_date() -> None:
    stored = datetime(2026, 3, 7, 10, tzinfo=UTC)
    bare = read_message(mail("Date: Fri, 6 Mar 2026 23:45:00 -0400"))
    assert moment_of(bare, stored=stored, latest=LATEST) == moment_of(bare, stored=stored, latest=stored)
    assert moment_of(bare, stored=stored, latest=LATEST).proof == "INTERNALDATE"
    assert moment_of(bare, latest=LATEST).at == datetime(2026, 3, 7, 3, 45, tzinfo=UTC)
    assert moment_of(read_message(mail()), latest=LATEST).at == LATEST


@pytest.mark.parametrize("told", ["Sat, 6 Mar 2083 09:30:00 +0100", "yesterday", "", "Fri, 99 Mar 2026 09:30:00 +9900"])
def test_a_date_that_cannot_be_is_passed_over(told: str) -> None:
    stored = datetime(2026, 3, 7, 10, tzinfo=UTC)
    moment = moment_of(read_message(mail(f"Received: from a by b; {told}\nDate: {told}")), stored=stored, latest=LATEST)
    assert moment.at == stored


def test_the_day_is_that_of_the_place() -> None:
    late = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    days = [day_of(late, each) for each in ("25", "974", "987", "2A")]
    assert days == [date(2026, 7, 2), date(2026, 7, 2), date(2026, 7, 1), date(2026, 7, 2)]


def test_a_message_is_threaded_by_its_address_whatever_its_case_or_header() -> None:
    for header in ("Delivered-To", "X-Original-To", "Envelope-To", "Cc"):
        raw = mail(f"{header}: Camille <COURRIER+K3j4h5m6@messages.example>")
        assert tokens_in(read_message(raw), PATTERN) == ["k3j4h5m6"]
    assert (
        tokens_in(read_message(mail("Cc: xcourrier+k3j4h5m6@messages.example, courrier@messages.example")), PATTERN)
        == []
    )
    catch_all = mail("Cc: k3j4h5m6@messages.example")
    assert tokens_in(read_message(catch_all), "{}@messages.example") == ["k3j4h5m6"]
    assert address_with(PATTERN, "k3j4h5m6") == "courrier+k3j4h5m6@messages.example"


def test_a_report_of_failure_is_threaded_by_the_message_it_returns() -> None:
    message = read_message(DSN.replace("To: courrier+k3j4h5m6", "To: nobody").encode())
    assert tokens_in(message, PATTERN) == ["k3j4h5m6"]
    assert answered_ids(message) == ["<sent-1@messages.example>"]


def test_what_it_answers_is_told_nearest_first() -> None:
    raw = mail("Message-ID: <c@m>\nIn-Reply-To: <b@m>\nReferences: <z@m>\n <a@m> <b@m>")
    assert answered_ids(read_message(raw)) == ["<b@m>", "<a@m>", "<z@m>"]
    assert id_of(read_message(raw)) == "<c@m>"


def test_words_are_read_in_any_dress() -> None:
    latin = b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n\xc9t\xe9"
    message = read_message(b"Subject: =?iso-8859-1?q?R=E9ponse_=E0?= suivre\r\n" + latin)
    assert (header_text(message, "Subject"), text_of(message)) == ("Réponse à suivre", "Été")
    html = mail(
        "Content-Type: text/html", "<style>p{}</style><p>Bonjour&nbsp;!</p><script>x()</script>Voici<br>la suite"
    )
    assert text_of(read_message(html)).split() == ["Bonjour", "!", "Voici", "la", "suite"]
    parts = "--b\nContent-Type: text/html\n\n<b>gras</b>\n--b\nContent-Type: text/plain\n\nsimple\n--b--"
    both = mail('Content-Type: multipart/alternative; boundary="b"', parts)
    assert text_of(read_message(both)) == "simple"


def test_a_reply_is_read_without_what_it_quotes() -> None:
    text = "Bonjour,\nOui.\n\nLe lun. 2 mars 2026 à 09:00, Camille <c@m.example> a écrit :\n> Ouvrez-vous ?"
    assert own_words(text) == "Bonjour,\nOui."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Nous avons bien reçu votre demande.", EventKind.ACKNOWLEDGED),
        ("Votre demande a été prise en compte.", EventKind.ACKNOWLEDGED),
        ("Je transmets votre message au service des sports.", EventKind.TRANSFERRED),
        ("La piscine ouvre à 9 h.", EventKind.ANSWERED),
    ],
)
def test_a_first_guess_is_offered_to_the_observer(text: str, kind: EventKind) -> None:
    assert proposal(text) is kind


@given(st.binary(max_size=600))
def test_no_message_makes_reading_fail(noise: bytes) -> None:
    for raw in (noise, b"Received: " + noise, b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n" + noise):
        message = read_message(raw)
        assert kind_of(message).kind in MailKind
        assert moment_of(message, latest=LATEST).at <= LATEST
        tokens_in(message, PATTERN)
        answered_ids(message)
        assert isinstance(header_text(message, "Subject") + text_of(message) + id_of(message), str)


def test_a_huge_message_is_read_quickly() -> None:
    raw = mail("Content-Type: text/html", "<script>" * 200_000) + b"<" * 500_000
    began = time.process_time()
    text_of(read_message(raw))
    kind_of(read_message(mail("Subject: x", "je suis " * 200_000)))
    assert time.process_time() - began < 5
