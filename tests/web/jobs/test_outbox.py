"""Letters wait in the outbox, leave once, and a failure is kept with its reason and tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

from parvis.web.jobs.actions import MOST_ATTEMPTS, send_waiting_mail, write_mail
from parvis.web.jobs.models import Mail
from tests.factories import MOMENT, EditionFactory, MailFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


class ClosedPostOffice(BaseEmailBackend):
    """A server that refuses every letter."""

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("the post office is closed")


def letter(language: str) -> Mail:
    return write_mail(
        to=PersonFactory(language=language), template="mail/results_delivered",
        context={"organisation": OrganisationFactory(name="Valbrune"), "edition": EditionFactory()},
        attachments=[("dates.ics", b"BEGIN:VCALENDAR", "text/calendar")],
    )  # fmt: skip


def test_a_letter_speaks_its_reader_s_language_and_carries_its_pieces() -> None:
    french, english = letter("fr"), letter("en")
    assert french.subject != english.subject
    assert "Valbrune" in french.subject + french.body
    assert "Valbrune" in english.subject + english.body
    assert send_waiting_mail(at=MOMENT) == 2
    assert [piece[0] for piece in mail.outbox[0].attachments] == ["dates.ics"]


def test_a_letter_leaves_once() -> None:
    MailFactory()
    assert [send_waiting_mail(at=MOMENT) for _ in range(2)] == [1, 0]
    assert len(mail.outbox) == 1
    assert Mail.objects.get().sent == MOMENT


def test_a_failure_is_kept_with_its_reason_and_tried_again(settings: Any) -> None:
    MailFactory()
    ours, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.ClosedPostOffice"
    assert send_waiting_mail(at=MOMENT) == 0
    kept = Mail.objects.get()
    assert (kept.sent, kept.attempts, kept.error) == (None, 1, "the post office is closed")
    settings.EMAIL_BACKEND = ours
    assert send_waiting_mail(at=MOMENT) == 0  # not at once: a server that is down is left alone a while
    assert send_waiting_mail(at=MOMENT + timedelta(minutes=1)) == 1


def test_each_try_waits_twice_longer_and_the_tenth_is_the_last(settings: Any) -> None:
    MailFactory()
    settings.EMAIL_BACKEND = f"{__name__}.ClosedPostOffice"
    tries = []
    for minute in range(24 * 60):
        before = Mail.objects.get().attempts
        send_waiting_mail(at=MOMENT + timedelta(minutes=minute))
        if Mail.objects.get().attempts > before:
            tries.append(minute)
    assert tries == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511]
    assert Mail.objects.get().attempts == MOST_ATTEMPTS  # it stays, with its reason, for someone to look at


def test_a_letter_that_another_worker_is_sending_is_left_to_it(monkeypatch: Any) -> None:
    MailFactory()
    sent = []

    def send(message: Any) -> int:
        sent.append(send_waiting_mail(at=MOMENT))  # the other worker passes by meanwhile
        return 1

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    assert (send_waiting_mail(at=MOMENT), sent) == (1, [0])
