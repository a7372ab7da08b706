"""The observer writes and reads here; the organiser finds a home for what has none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from parvis.web.fieldwork import mailbox
from parvis.web.fieldwork.models import Event, MissionMail
from tests.web.fieldwork.factories import Field, ObserverFactory
from tests.web.fieldwork.mail_servers import Post, running

pytestmark = pytest.mark.django_db
REQUEST = {
    "to": "accueil@mairie.example", "name": "Camille Martin", "subject": "La piscine", "text": "À quelle heure ?",
}  # fmt: skip


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with running() as post:
        settings.MAILBOX_ADDRESS = "{}@messages.example"
        settings.MAILBOX_SMTP = f"smtp://127.0.0.1:{post.smtp_port}"
        settings.MAILBOX_IMAP = f"imap://boite:s3%20cret%2F%2B@127.0.0.1:{post.imap_port}"
        yield post


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def came(post: Post, to: str, headers: str = "", text: str = "Elle ouvre à 9 h.") -> None:
    at = (timezone.now() - timedelta(seconds=5)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    raw = f"From: Accueil <accueil@mairie.example>\r\n{headers}Subject: Re: La piscine\r\n\r\n{text}\r\n"
    post.deliver(raw.encode(), to=to, at=at)
    mailbox.fetch(at=timezone.now())


def test_a_request_is_written_sent_answered_and_qualified_on_one_page(post: Post) -> None:
    field = Field("email")
    mission, client = field.mission("email"), signed_in(field.person)
    address = f"/terrain/missions/{mission.pk}/courriel/"
    assert "Envoyer ma demande" in client.get(address).content.decode()
    assert client.post(address, REQUEST | {"to": "nobody"}).status_code == 200
    assert client.post(address, REQUEST).status_code == 302
    ((sender, _, _),) = post.sent
    assert "« La piscine »" in client.get(address).content.decode()
    came(post, sender)
    mail = MissionMail.objects.get(kind="person")
    page = client.get(address).content.decode()
    assert "Elle ouvre à 9 h." in page
    assert "jour prouvé par l’en-tête Received" in page
    assert f'id="k{mail.pk}-answered" value="answered" checked' in page
    client.post(address, {"mail": str(mail.pk), "kind": "answered"})
    assert list(Event.objects.values_list("kind", flat=True)) == ["sent", "answered"]
    page = client.get(address).content.decode()
    assert "Qu’est-ce que c’est" not in page
    for words in ("accueil@mairie.example", "Camille Martin", "Re: La piscine"):  # the reminder goes the same way
        assert f'value="{words}"' in page


def test_what_a_machine_wrote_cannot_be_called_an_answer(post: Post) -> None:
    field = Field("email")
    mission, client = field.mission("email"), signed_in(field.person)
    address = f"/terrain/missions/{mission.pk}/courriel/"
    client.post(address, REQUEST)
    came(post, post.sent[0][0], "Auto-Submitted: auto-replied\r\n")
    mail = MissionMail.objects.get(kind="auto_reply")
    page = client.post(address, {"mail": str(mail.pk), "kind": "answered"}, follow=True).content.decode()
    assert "qu’une machine l’a écrit" in page
    assert f'id="k{mail.pk}-acknowledged"' in page
    assert f'id="k{mail.pk}-answered"' not in page
    for number in ("", "x", "999999999999"):
        assert client.post(address, {"mail": number, "kind": "answered"}).status_code == 404


def test_a_message_that_did_not_leave_keeps_its_words(post: Post) -> None:
    field = Field("email")
    client = signed_in(field.person)
    post.refused = {REQUEST["to"]}
    page = client.post(f"/terrain/missions/{field.mission('email').pk}/courriel/", REQUEST).content.decode()
    assert "550 5.1.1 no such person" in page
    assert "À quelle heure ?" in page
    assert not Event.objects.exists()


def test_nobody_else_reads_the_mail_of_a_mission(post: Post) -> None:
    field = Field("email")
    address = f"/terrain/missions/{field.mission('email').pk}/courriel/"
    for person in (ObserverFactory().person, field.organiser):
        assert signed_in(person).get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_the_organiser_puts_a_lost_message_in_its_case(post: Post) -> None:
    field = Field("email", "phone")
    mission, other = field.mission("email"), field.mission("phone")
    signed_in(field.person).post(f"/terrain/missions/{mission.pk}/courriel/", REQUEST)
    came(post, "accueil@messages.example", "Auto-Submitted: auto-replied\r\n")
    client, address = signed_in(field.organiser), f"/pilotage/{field.edition.slug}/courriels/"
    mail = MissionMail.objects.get(mission=None)
    assert "Re: La piscine" in client.get(address).content.decode()
    wrong = client.post(address, {"mail": mail.pk, "mission": other.pk})
    assert "n’a ce numéro" in wrong.content.decode()
    assert client.post(address, {"mail": mail.pk, "mission": mission.pk}).status_code == 302
    assert list(Event.objects.values_list("kind", flat=True)) == ["sent", "auto_reply"]
    assert "Aucun courriel égaré" in client.get(address).content.decode()


def test_without_a_mailbox_the_page_says_what_to_do(settings: Any) -> None:
    field = Field("email")
    page = signed_in(field.person).get(f"/terrain/missions/{field.mission('email').pk}/courriel/").content.decode()
    assert "n’a pas de boîte de missions" in page
    assert "Envoyer ma demande" not in page
    settings.MAILBOX_ADDRESS = "sans-place@messages.example"
    assert not mailbox.is_on()
