"""The same site in English: every space of the demonstration, read by someone who has no French."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from parvis.cli.demonstration.accounts import ROLES
from parvis.cli.demonstration.story import LEADS, STRENGTHS
from tests.journeys.conftest import Site, served

pytestmark = pytest.mark.browser
SPACES = {
    "organiser": ["/pilotage/2026-demo/", "/pilotage/2026-demo/inscriptions/", "/pilotage/2025-demo/resultats/"],
    "lead": ["/structure/1/", "/structure/resultats/1/", "/structure/1/progres/", "/structure/inscription/1/"],
    "observer": ["/terrain/", "/terrain/profil/"],
    "expert": ["/expertise/", "/expertise/resultats/1/"],
    "jury": ["/expertise/jury/2025-demo/"],
}
PUBLIC = ["/", "/editions/2025-demo/", "/editions/2025-demo/resultats/", "/editions/2025-demo/palmares/",
          "/editions/2025-demo/methode/", "/structure/?q=lyon", "/aide/", "/vos-donnees/"]  # fmt: skip
# Words that an English page has no reason to show.
INVENTED = re.compile(r"\S+ \(fictif\)")
FRENCH = re.compile(r"\b(vous|votre|vos|des|les|une|pour|avec|cette|aucune?|être|sont|sur 100)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all who only read."""
    with served(demonstration, tmp_path_factory.mktemp("english") / "home") as opened:
        yield opened


def french_left(page: Any) -> list[str]:
    """Lines of the page that still speak French, invented names and the expert's own words put aside."""
    lines = [line for line in page.locator("main").inner_text().splitlines() if line not in (STRENGTHS, LEADS)]
    return [line for line in lines if len(FRENCH.findall(INVENTED.sub("", line))) > 1]


@pytest.mark.parametrize("role", ["anonymous", *SPACES])
def test_every_space_speaks_english(
    site: Site, enter: Callable[..., Any], page_at: Callable[..., Any], look: Callable[[Any, str], None], role: str
) -> None:
    options = {"locale": "en-GB"}
    page = (
        page_at(1280, base_url=site.url, bypass_csp=True, **options)
        if role == "anonymous"
        else enter(role, 1280, **options)
    )
    left = {}
    for path in PUBLIC if role == "anonymous" else SPACES[role]:
        answer = page.goto(path)
        assert answer.status == 200, path
        assert page.locator("html").get_attribute("lang") == "en", path
        look(page, f"en{path.replace('/', '-')}")
        if found := french_left(page):
            left[path] = found
    assert left == {}
    assert role == "anonymous" or ROLES[role][1] in page.locator("header").inner_text()
