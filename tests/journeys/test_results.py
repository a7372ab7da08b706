"""From a closed field to an action plan, in a real browser: freeze, sign, hand over, read, print, decide, review."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from tests.eyes import follow
from tests.journeys.conftest import Site
from tests.qr import read_code

pytestmark = pytest.mark.browser
IN_REVIEW = """
from datetime import UTC, datetime
from parvis.web.editions.models import Edition
from parvis.web.fieldwork import actions
from parvis.web.fieldwork.queries import undecided_observations
edition = Edition.objects.get(slug="2026-demo")
by, at = edition.created_by, datetime(2026, 11, 22, tzinfo=UTC)
for mission in edition.missions.exclude(state__in=["done", "cancelled"]).filter(observation__isnull=True):
    actions.cancel(mission, reason="Fin du terrain", by=by, at=at)
actions.approve_many(list(undecided_observations(edition)), by=by, at=at)
actions.close_fieldwork(edition, by=by, at=at)
"""


@pytest.mark.parametrize("width", [360, 1280])
def test_results_are_published_read_printed_and_acted_upon(
    site: Site, enter: Callable[..., Any], page_at: Callable[..., Any], look: Callable[[Any, str], None], width: int
) -> None:
    site.act(IN_REVIEW)
    publish(enter("organiser", width), look)
    lead = enter("lead", width)
    scorecard = read(lead, look)
    one_page(lead, scorecard)
    answer(page_at(width, base_url=site.url, bypass_csp=True), code_on_the_poster(lead), look)
    improve(lead, look)
    palmares(page_at(width, base_url=site.url, bypass_csp=True), look)


def publish(page: Any, look: Callable[[Any, str], None]) -> None:
    page.goto("/pilotage/2026-demo/")
    look(page, "organiser-edition")
    follow(page.get_by_role("link", name="Figer le jeu de données"))
    follow(page.get_by_role("button", name="Figer le jeu de données"))
    sign = page.get_by_role("button", name="Signer et publier")
    sign.wait_for(timeout=60_000)  # a worker freezes; the page follows it and comes back by itself
    look(page, "organiser-frozen")
    follow(sign)
    deliver = page.get_by_role("button", name="Remettre les résultats")
    deliver.wait_for(timeout=60_000)
    follow(deliver)
    page.get_by_text("Les structures peuvent lire leurs résultats.").wait_for()
    look(page, "organiser-delivered")


def read(page: Any, look: Callable[[Any, str], None]) -> str:
    page.goto("/mon-espace/")
    look(page, "organisation-home")
    follow(page.get_by_role("link", name="Lire vos résultats : Édition 2026"))
    page.get_by_role("heading", level=1).wait_for()
    assert page.get_by_role("heading", name="Canal par canal").is_visible()
    assert page.locator("svg").count() >= 4
    look(page, "scorecard")
    return str(page.url)


def one_page(page: Any, scorecard: str) -> None:
    content = page.request.get(f"{scorecard}fiche.pdf", timeout=60_000).body()
    pdf = PdfReader(io.BytesIO(content))
    assert len(pdf.pages) == 1
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in pdf.xmp_metadata.stream.get_data().decode()
    assert "(fictif)" in " ".join(pdf.pages[0].extract_text().split())


def code_on_the_poster(page: Any) -> str:
    """The address in the kit's code, read as a phone reads it; the A4 poster carries the body's name."""
    page.goto("/mon-espace/")
    organisation = page.url.rstrip("/").rsplit("/", 1)[-1]
    kit = zipfile.ZipFile(
        io.BytesIO(page.request.get(f"/structure/{organisation}/consultation/kit.zip", timeout=90_000).body())
    )
    poster = next(name for name in sorted(kit.namelist()) if name.endswith("affiche-a4.pdf"))
    code = next(name for name in sorted(kit.namelist()) if re.fullmatch("points-d-entree/[^/]+/qr/qr.png", name))
    address = read_code(kit.read(code))
    assert "/avis/" in address
    assert "(fictif)" in PdfReader(io.BytesIO(kit.read(poster))).pages[0].extract_text()
    return address[address.index("/avis/") :]


def answer(page: Any, path: str, look: Callable[[Any, str], None]) -> None:
    page.goto(path)
    look(page, "citizen-first")
    page.get_by_label("Plutôt satisfait").check()
    page.get_by_label("Sur place").check()
    follow(page.get_by_role("button", name="Donner mon avis"))
    page.wait_for_url("**/suite/**")
    look(page, "citizen-second")
    assert page.context.cookies() == []


def improve(page: Any, look: Callable[[Any, str], None]) -> None:
    """From the edition before, which has contacts enough to name weak criteria."""
    page.goto("/mon-espace/")
    follow(page.get_by_role("link", name="Résultats : Édition 2025"))
    follow(page.get_by_role("link", name="Créer une action").first)
    look(page, "action-new")
    assert page.get_by_text("Constat :").is_visible()
    page.get_by_label("Que ferez-vous").fill("Relire chaque réponse à deux")
    page.get_by_label("Qui en est responsable").fill("Cheffe de l’accueil")
    page.get_by_label("Comment saurez-vous").fill("9 réponses sur 10 sans relance")
    follow(page.get_by_role("button", name="Créer l’action"))
    look(page, "plan")
    follow(page.get_by_role("link", name="Relire chaque réponse à deux"))
    page.get_by_label("maintenir").check()
    page.get_by_label("Que constatez-vous").fill("Six réponses sur dix : on continue.")
    look(page, "action")
    follow(page.get_by_role("button", name="Enregistrer"))
    page.get_by_text("La revue est enregistrée.").wait_for()
    assert page.get_by_text("Six réponses sur dix").is_visible()


def palmares(page: Any, look: Callable[[Any, str], None]) -> None:
    for name in ("", "resultats/", "palmares/"):
        page.goto(f"/editions/2026-demo/{name}")
        look(page, f"public-{name.strip('/') or 'edition'}")
    page.goto("/editions/2025-demo/palmares/")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Qui accueille le mieux")
    assert page.get_by_text("Un rang ne va jamais sans son incertitude").is_visible()
    assert page.get_by_role("heading", name="Communes de 2").first.is_visible()  # few bodies: a best score, no rank
    assert page.get_by_text("(fictif)").first.is_visible()
