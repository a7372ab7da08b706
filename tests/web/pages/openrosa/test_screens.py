"""The screens of phones, parcels and the mailbox, as a narrow phone shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from parvis.web.fieldwork import actions, mailbox
from parvis.web.fieldwork.models import MissionMail
from tests.eyes import follow, inspect
from tests.web.fieldwork.factories import Field
from tests.web.pages.openrosa.collect import Collect, photo, xml_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [360])
def test_every_screen_is_read_with_one_hand(
    width: int, live_server: Any, page_at: Callable[..., Any], signed_in: Callable[..., Any], settings: Any
) -> None:
    settings.PUBLIC_URL = live_server.url
    settings.MAILBOX_ADDRESS = "courrier+{}@messages.example"
    settings.MAILBOX_SMTP, settings.MAILBOX_IMAP = "smtp://127.0.0.1:9", "imap://boite:x@127.0.0.1:9"
    field = Field("email", "phone")
    mission = a_case(field)
    Collect(field.observer).post(xml_of(f"parvis-m{mission.pk}", "1"), {"1.jpg": photo()})
    found = []
    page = signed_in(page_at(width), field.person)
    page.goto(live_server.url + "/terrain/")
    follow(page.get_by_role("link", name="Remplir mes grilles avec ODK Collect"))
    page.get_by_label("Quel téléphone ?").fill("Mon téléphone bleu")
    follow(page.get_by_role("button", name="Faire le code"))
    page.locator("summary").click()
    found += inspect(page, f"phones-{width}")
    page.goto(f"{live_server.url}/terrain/missions/{mission.pk}/")
    follow(page.get_by_role("link", name="Écrire et lire les courriels de la mission"))
    page.get_by_text("Relancer").click()
    found += inspect(page, f"thread-{width}")
    page.goto(f"{live_server.url}/terrain/missions/{field.mission('email').pk}/courriel/")
    found += inspect(page, f"compose-{width}")
    page = signed_in(page_at(width), field.organiser)
    page.goto(f"{live_server.url}/pilotage/{field.edition.slug}/courriels/")
    found += inspect(page, f"lost-{width}")
    page.goto(f"{live_server.url}/pilotage/{field.edition.slug}/envois/")
    found += inspect(page, f"parcels-{width}")
    follow(page.get_by_role("link", name="M", exact=False).filter(has_text=f"M{mission.pk}"))
    page.locator("summary").click()
    found += inspect(page, f"parcel-{width}")
    assert found == []


def a_case(field: Field) -> Any:
    """A request that left, with an answer, an absence notice and a message that found no case."""
    mission, now = field.mission("email"), timezone.now()
    address = mailbox.address_of(mission, by=field.person, at=now)
    actions.open_case(mission, uuid="6b1d0c9e-7d2e-4f0a-9a67-0d1f5f6f2a11", sent_on=(now - timedelta(days=5)).date(),
                      half_day="am", by=field.person, at=now)  # fmt: skip
    sent = MissionMail(
        mission=mission, kind="sent", message_id="<a@m>", subject="La piscine", body="À quelle heure ?",
        moment=now - timedelta(days=5), proof="SMTP", sha256="0" * 64, sent_at=now, sent_by=field.person,
    )  # fmt: skip
    sent.raw.save("a.eml", ContentFile(b"To: a@m.example\r\n\r\nx"), save=True)
    for to, headers, text in (
        (address, "", "Bonjour,\n\nElle ouvre à 9 h, du mardi au samedi.\n\nL’accueil de la mairie"),
        (address, "Auto-Submitted: auto-replied\r\n", "Je suis absente jusqu’au 12 mars."),
        ("nobody@messages.example", "", "Un message sans mission"),
    ):
        raw = (
            f"From: Accueil <accueil@mairie.example>\r\nTo: {to}\r\n{headers}Subject: Re: La piscine\r\n\r\n{text}\r\n"
        )
        mailbox.keep_mail(raw.encode(), stored=now - timedelta(days=1), at=now)
    return mission
