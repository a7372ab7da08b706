"""An organiser opens an edition, a newcomer enrols a real town hall, the organiser accepts it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.eyes import follow
from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser
NEWCOMER = "accueil@ville.example"


@pytest.mark.parametrize("width", [360, 1280])
def test_a_newcomer_enrols_a_town_hall_and_the_organiser_accepts(
    site: Site, enter: Callable[..., Any], page_at: Callable[..., Any], look: Callable[[Any, str], None], width: int
) -> None:
    organiser = enter("organiser", width)
    open_edition(organiser, look)
    newcomer = page_at(width, base_url=site.url, bypass_csp=True)
    sign_up(newcomer, site, look)
    enrol(newcomer, look)
    accept(organiser, look)
    newcomer.reload()
    assert newcomer.get_by_text("acceptée").first.is_visible()


def open_edition(page: Any, look: Callable[[Any, str], None]) -> None:
    page.goto("/pilotage/nouvelle/")
    for name, value in {"year": "2027", "name_fr": "Édition 2027", "name_en": "Edition 2027", "slug": "2027",
                        "seed": "20270101"}.items():  # fmt: skip
        page.locator(f"[name={name}]").fill(value)
    look(page, "edition-new")
    follow(page.get_by_role("button", name="Créer l’édition"))
    today = date.today()  # noqa: DTZ011 - the day of the machine that serves
    for kind in ("enrolment", "fieldwork", "consultation", "results"):
        page.goto("/pilotage/2027/calendrier/")
        page.locator("[name=kind]").select_option(kind)
        page.locator("[name=starts_on]").fill(str(today - timedelta(days=3)))
        page.locator("[name=ends_on]").fill(str(today + timedelta(days=30)))
        follow(page.get_by_role("button", name="Annoncer cette date"))
        page.get_by_text("La date est annoncée.").wait_for()
    look(page, "calendar")
    page.goto("/pilotage/2027/grilles/")
    follow(page.get_by_role("button", name="Prendre les grilles de Parvis"))
    page.get_by_text("Les grilles de Parvis sont en place.").wait_for()
    look(page, "instruments")
    page.goto("/pilotage/2027/")
    follow(page.get_by_role("button", name="Ouvrir les inscriptions"))
    page.get_by_text("L’édition passe à la suite.").wait_for()


def sign_up(page: Any, site: Site, look: Callable[[Any, str], None]) -> None:
    page.goto("/compte/signup/")
    look(page, "signup")
    page.locator("[name=email]").fill(NEWCOMER)
    page.locator("[name=password1]").fill("une-longue-phrase-de-passe")
    page.locator("[name=password1]").press("Enter")
    page.locator("[name=code]").wait_for()
    look(page, "signup-code")
    page.locator("[name=code]").fill(site.code_sent_to(NEWCOMER))
    page.locator("[name=code]").press("Enter")
    page.wait_for_url("**/mon-espace/")
    look(page, "mine")


def enrol(page: Any, look: Callable[[Any, str], None]) -> None:
    page.goto("/structure/")
    page.locator("[name=q]").fill("saint denis")
    follow(page.get_by_role("button", name="Chercher"))
    look(page, "find-homonyms")
    page.locator("[name=q]").fill("besancon")
    follow(page.get_by_role("button", name="Chercher"))
    follow(page.get_by_role("link", name="Besançon (25"))
    assert page.get_by_text("Communes de 100\u202f000 habitants et plus").is_visible()
    look(page, "begin")
    follow(page.get_by_role("button", name="Commencer l’inscription"))
    follow(page.get_by_role("button", name="Envoyer l’inscription"))
    assert page.get_by_text("Aucun site n’est dans le périmètre.").is_visible()
    assert page.get_by_text("Vous n’avez pas dit si vous acceptez").is_visible()
    look(page, "enrolment-missing")
    file = page.url
    follow(page.get_by_role("link", name="Modifier les sites et les canaux"))
    follow(page.get_by_role("link", name="Ajouter un site"))
    page.get_by_label("Nom du site").fill("Hôtel de ville")
    page.locator("[name=kind]").first.check()
    look(page, "places")
    follow(page.get_by_role("button", name="Ajouter"))
    page.get_by_text("Le site est ajouté.").wait_for()
    page.goto(f"{file}perimetre/")
    page.get_by_label("Hôtel de ville").check()
    page.get_by_label("réseaux sociaux").check()
    look(page, "perimeter")
    follow(page.get_by_role("button", name="Enregistrer"))
    page.goto(f"{file}souhaits/")
    page.get_by_label("résultats bruts").check()
    page.get_by_label("Oui").check()
    look(page, "wishes")
    follow(page.get_by_role("button", name="Enregistrer"))
    page.goto(f"{file}agents/")
    page.locator("[name=informed_on]").fill(str(date.today() - timedelta(days=1)))  # noqa: DTZ011 - idem
    look(page, "staff")
    follow(page.get_by_role("button", name="Enregistrer"))
    follow(page.get_by_role("button", name="Envoyer l’inscription"))
    page.get_by_text("L’inscription est envoyée.").wait_for()
    look(page, "enrolment-sent")


def accept(page: Any, look: Callable[[Any, str], None]) -> None:
    page.goto("/pilotage/2027/inscriptions/")
    look(page, "queue")
    follow(page.get_by_role("link", name="Besançon"))
    look(page, "decide")
    follow(page.get_by_role("button", name="Accepter"))
    page.get_by_text("La décision est prise").wait_for()
