"""Pages that nobody wrote for themselves, account pages and the page of errors, wear the common look."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.django_db
def test_signing_in_wears_the_look_and_says_that_citizens_need_no_account(client: Client) -> None:
    html = client.get("/compte/login/").content.decode()
    assert "govuk-input" in html
    assert "aucun compte n’est demandé" in html
    assert 'href="#main"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/compte/login/code/", "/compte/password/reset/"])
def test_the_other_account_pages_wear_it_too(client: Client, address: str) -> None:
    html = client.get(address).content.decode()
    assert "govuk-button" in html
    assert "govuk-heading-l" in html


@pytest.mark.django_db
def test_a_page_that_does_not_exist_helps(client: Client) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert "Aller à la page d’accueil" in answer.content.decode()
