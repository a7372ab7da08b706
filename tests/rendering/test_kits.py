"""The kit: every code is read back by a reader, every piece bears the organisation, and bad input is refused whole."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from parvis.core.vocabulary import ParvisError
from parvis.rendering import contrast, paper
from parvis.rendering.kit import Entry, Kit, code_slips, flyer, make_kit, poster, poster_preview, zipped_kit
from parvis.rendering.kit.codes import slips_data
from parvis.rendering.kit.subject import template_data
from parvis.rendering.kit.texts import NETWORKS, posts
from tests.rendering.test_papers import assert_accessible, text_of

URL = "https://barometre.exemple.fr/r/7KQ2M"
DESK = "https://barometre.exemple.fr/r/DESK1"


def picture(kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (400, 200), "#22AA77").save(out, kind)
    return out.getvalue()


def kit(**more: object) -> Kit:
    given: dict[str, object] = {
        "name": "Ville de Saint-Martin-sur-l’Orge (fictif)", "url": URL, "edition": "2026", "accent": "#FFCC00",
        "logo": picture(), "opens_on": dt.date(2026, 3, 9), "closes_on": dt.date(2026, 4, 30), "demonstration": True,
        "entries": (Entry("Accueil de la mairie", DESK), Entry("Accueil, de la mairie", DESK)),
    }  # fmt: skip
    return Kit(**{**given, **more})  # type: ignore[arg-type]


def read_code(png: bytes) -> str:
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    return cv2.QRCodeDetector().detectAndDecode(image)[0]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return make_kit(kit())


def test_the_code_alone_and_that_of_the_poster_lead_to_the_address(files: dict[str, bytes]) -> None:
    assert read_code(files["qr/qr.png"]) == URL
    assert read_code(poster_preview(kit(), pixels_per_inch=110)) == URL
    assert read_code(files["points-d-entree/accueil-de-la-mairie/qr/qr.png"]) == DESK
    told = {**template_data(kit().checked()), "heading": "Code"}  # what the printed pieces are drawn from
    assert [read_code(paper.png(piece, told, pixels_per_inch=150)) for piece in ("flyer", "code")] == [URL, URL]


def test_every_social_picture_can_be_scanned(files: dict[str, bytes]) -> None:
    for path, content in files.items():
        if path.startswith("reseaux/") and path.endswith(".png"):
            assert read_code(content) == URL, path


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_network_has_its_text_and_its_picture_in_each_language(files: dict[str, bytes], language: str) -> None:
    told = re.findall(r"(?m)^--- (\w+) \(\w+\s?: (\S+)\)$", files[f"reseaux/{language}/textes.txt"].decode())
    assert [network for network, _ in told] == list(NETWORKS)
    assert all(f"reseaux/{language}/{picture}" in files for _, picture in told)
    assert files["reseaux/fr/story-1080x1920.png"] != files["reseaux/en/story-1080x1920.png"]


def test_pictures_have_the_size_in_their_name(files: dict[str, bytes]) -> None:
    pictures = [path for path in files if path.startswith(("reseaux/", "bannieres/")) and path.endswith(".png")]
    assert len(pictures) >= 9
    for path in pictures:
        width, height = path.removesuffix(".png").rsplit("-", 1)[1].split("x")
        assert Image.open(BytesIO(files[path])).size == (int(width), int(height))


def test_every_document_is_accessible_and_bears_the_name(files: dict[str, bytes]) -> None:
    documents = {path: content for path, content in files.items() if path.endswith(".pdf")}
    assert len(documents) == 12
    for path, content in documents.items():
        assert_accessible(content, "fr")
        assert "Saint-Martin" in text_of(content), path
    sizes = {path: PdfReader(BytesIO(files[path])).pages[0].mediabox for path in ("affiche-a4.pdf", "affiche-a3.pdf")}
    assert round(sizes["affiche-a4.pdf"].width / 72 * 25.4) == 210
    assert round(sizes["affiche-a3.pdf"].width / 72 * 25.4) == 297
    assert len(PdfReader(BytesIO(files["depliant-a5.pdf"])).pages) == 2
    for path in ("affiche-a4.pdf", "affiche-a3.pdf"):
        assert len(PdfReader(BytesIO(files[path])).pages) == 1


def test_a_colour_that_cannot_be_read_is_corrected_and_said(files: dict[str, bytes]) -> None:
    assert contrast.ratio(kit().colours().colour, "#FFFFFF") >= 7
    assert "#FFCC00 est devenue" in files["LISEZMOI.txt"].decode()
    assert "#FFCC00" not in files["signature.html"].decode()


def test_a_demonstration_marks_its_papers(files: dict[str, bytes]) -> None:
    for path in ("affiche-a4.pdf", "depliant-a5.pdf"):
        assert "DÉMONSTRATION" in text_of(files[path])
    assert "DÉMONSTRATION" not in text_of(make_kit(kit(demonstration=False, entries=()))["affiche-a4.pdf"])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_posts_keep_within_what_each_network_takes(language: str) -> None:
    for name in ("Ville", "Communauté d’agglomération " * 6):
        for network, text in posts(kit(name=name), language).items():
            assert len(text) <= NETWORKS[network]
            assert URL in text


def test_letters_open_as_rich_text_without_a_placeholder_left(files: dict[str, bytes]) -> None:
    for path in ("lettre-de-lancement.rtf", "note-de-presse.rtf"):
        text = files[path].decode("ascii")
        assert text.startswith("{\\rtf1")
        assert text.count("{") - text.count("\\{") == text.count("}") - text.count("\\}")
        assert "{name" not in text
        assert URL in text


def test_names_are_escaped_where_they_meet_html() -> None:
    made = make_kit(kit(name='<script>"&', entries=(), logo=None))
    for path in ("signature.html", "integration.html", "bannieres/integration.html", "bannieres/banniere-728x90.svg"):
        assert b"<script>" not in made[path]


def test_banners_lead_where_they_are_counted_and_each_file_they_show_is_there(files: dict[str, bytes]) -> None:
    counted = make_kit(kit(banner_url="https://barometre.exemple.fr/r/BAN", entries=()))["bannieres/integration.html"]
    assert counted.decode().count('<a href="https://barometre.exemple.fr/r/BAN">') == 5
    for name in re.findall(r'src="([^"]+)"', files["bannieres/integration.html"].decode()):
        assert f"bannieres/{name}" in files


def test_slips_hold_their_codes_and_each_scans_to_its_own_address() -> None:
    """The code stands behind #, which browsers tell no server."""
    codes = ["abcde-fgh23", "mnpqr-stuvw", "jqjqj-qjqjq"]  # no pair is drawn so close or so far that it reads otherwise
    made = code_slips(kit().checked(), codes, batch=3)
    assert_accessible(made, "fr")
    assert all(each in text_of(made) for each in (*codes, "série 3", "Saint-Martin"))
    png = paper.png("codes", slips_data(kit().checked(), codes, batch=3), pixels_per_inch=110)
    shown = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    found, told, *_ = cv2.QRCodeDetector().detectAndDecodeMulti(shown)
    assert found
    assert set(told) == {f"{URL}#{code}" for code in codes}


def test_equal_kits_give_equal_bytes(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(BytesIO(zipped_kit(kit()))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_banners_call_no_outside_host(files: dict[str, bytes]) -> None:
    for path, content in files.items():
        if path.endswith(".svg"):
            text = content.decode().replace("http://www.w3.org/", "")
            assert "http://" not in text, path
            assert 'role="img"' in text or "<title>" in text


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_logos_are_taken_in_both_kinds(kind: str) -> None:
    assert kit(logo=picture(kind)).checked().logo.startswith(b"\x89PNG")


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ParvisError) as refused:
        make_kit(kit(name=" ", url="javascript:alert(1)", accent="vert", logo=b"<svg onload='x'/>"))
    codes = {fault.code for fault in refused.value.faults}
    assert codes == {"name_absent", "address_unreadable", "colour_unreadable", "logo_unreadable"}


def test_a_picture_bomb_is_refused() -> None:
    out = BytesIO()
    Image.new("1", (14_000, 14_000)).save(out, "PNG")
    with pytest.raises(ParvisError):
        kit(logo=out.getvalue()).checked()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_long_names_and_addresses_keep_to_their_pages(language: str) -> None:
    long = kit(
        name="Communauté d’agglomération du Pays de Saint-Martin-sur-l’Orge et de la Haute-Vallée de la Rivière",
        url="https://barometre.exemple.fr/avis/communaute-agglomeration-saint-martin-sur-orge/7KQ2M",
        language=language, entries=(),
    )  # fmt: skip
    assert len(PdfReader(BytesIO(poster(long))).pages) == 1
    assert len(PdfReader(BytesIO(flyer(long))).pages) == 2
    assert read_code(poster_preview(long, pixels_per_inch=110)) == long.url


def test_only_an_address_that_may_be_framed_is_framed() -> None:
    """Ours has its own under `cadre/`; another survey's is linked, since most sites refuse to be framed."""
    ours = make_kit(kit(url="https://avis.exemple.fr/avis/k7m2p9qx/", entries=()))["integration.html"].decode()
    assert '<iframe src="https://avis.exemple.fr/avis/k7m2p9qx/cadre/"' in ours
    assert '<a href="https://avis.exemple.fr/avis/k7m2p9qx/"' in ours
    other = make_kit(kit(url="https://exemple.fr/questionnaire", entries=()))["integration.html"].decode()
    assert "<iframe" not in other
    assert '<a href="https://exemple.fr/questionnaire"' in other
