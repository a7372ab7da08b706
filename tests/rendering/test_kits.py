"""The kit: every code is read back by a reader, every piece bears the organisation, and bad input is refused whole."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from dataclasses import replace
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from parvis.core.vocabulary import ParvisError
from parvis.rendering import contrast, paper
from parvis.rendering.kit import (
    Entry,
    Kit,
    code_slips,
    flyer,
    make_kit,
    pictures,
    poster,
    poster_preview,
    qr_pdf,
    zipped_kit,
)
from parvis.rendering.kit.codes import slips_data
from parvis.rendering.kit.printed import code_data
from parvis.rendering.kit.subject import template_data
from parvis.rendering.kit.texts import NETWORKS, banners, embed, posts, signature
from tests.rendering.test_papers import assert_accessible, text_of

URL = "https://barometre.exemple.fr/r/7KQ2M"
DESK = "https://barometre.exemple.fr/r/DESK1"
SCREEN = "https://barometre.exemple.fr/r/SCRN1/borne/"
OTHER_SCREEN = "https://barometre.exemple.fr/r/SCRN2/borne/"
BANNER = "https://barometre.exemple.fr/r/BANR1"
FRAME = "https://barometre.exemple.fr/r/FRAM1/cadre/"
PLACE = "points-d-entree/accueil-de-la-mairie/"
LONG = "Communauté d’agglomération du Pays de Saint-Martin-sur-l’Orge et de la Haute-Vallée de la Rivière"
LONG_PLACE = "Mairie annexe du quartier des Hautes-Bruyères – état civil et action sociale"


def picture(kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (400, 200), "#22AA77").save(out, kind)
    return out.getvalue()


def kit(**more: object) -> Kit:
    given: dict[str, object] = {
        "name": "Ville de Saint-Martin-sur-l’Orge (fictif)", "url": URL, "edition": "2026", "accent": "#FFCC00",
        "logo": picture(), "opens_on": dt.date(2026, 3, 9), "closes_on": dt.date(2026, 4, 30), "demonstration": True,
        "entries": (Entry("Accueil de la mairie", DESK, SCREEN), Entry("Accueil, de la mairie", "", OTHER_SCREEN)),
    }  # fmt: skip
    return Kit(**{**given, **more})  # type: ignore[arg-type]


def read_code(png: bytes, seen: int = cv2.IMREAD_GRAYSCALE) -> str:
    return cv2.QRCodeDetector().detectAndDecode(cv2.imdecode(np.frombuffer(png, np.uint8), seen))[0]


def from_afar(png: bytes) -> str:
    """Read on a screen that shows a picture at half its size, which also takes less time."""
    return read_code(png, cv2.IMREAD_REDUCED_GRAYSCALE_2)


def code_in(svg: bytes, owner: Kit) -> str:
    """A code as SVG, read from a page that it is placed in."""
    page = {**code_data(owner), "qr": svg.decode()}
    return read_code(paper.png("code", page, pixels_per_inch=110))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return make_kit(kit())


def bare() -> Kit:
    """Without places, with banners and a frame counted apart, and a name that would break a careless page."""
    apart = {"banner_url": BANNER, "frame_url": FRAME}
    return kit(name='<script>"&', entries=(), logo=None, demonstration=False, **apart)


@pytest.fixture(scope="module")
def bare_files() -> dict[str, bytes]:
    return make_kit(bare())


def test_every_code_as_a_file_leads_to_its_own_entry_point(files: dict[str, bytes]) -> None:
    told = {"": URL, PLACE: DESK, f"{PLACE}borne/": SCREEN, f"{PLACE.rstrip('/')}-2/borne/": OTHER_SCREEN}
    assert {path for path in files if "qr/" in path} == {
        f"{folder}qr/qr.{kind}" for folder in told for kind in ("svg", "png", "pdf")
    }
    for folder, address in told.items():
        assert from_afar(files[f"{folder}qr/qr.png"]) == address
        assert code_in(files[f"{folder}qr/qr.svg"], kit(url=address)) == address


def test_every_code_on_paper_leads_to_its_own_entry_point() -> None:
    body = kit().checked()
    desk = body.for_entry(body.entries[0])
    kiosk = replace(desk, url=SCREEN)
    for owner, address in ((body, URL), (desk, DESK)):
        assert read_code(poster_preview(owner, pixels_per_inch=60)) == address
        sides = paper.pngs("flyer", template_data(owner), pixels_per_inch=110)
        assert [read_code(side) for side in sides] == [address, address]
    for owner, address in ((body, URL), (desk, DESK), (kiosk, SCREEN)):
        assert read_code(paper.png("code", code_data(owner), pixels_per_inch=110)) == address


def test_every_social_picture_of_every_place_can_be_scanned(files: dict[str, bytes]) -> None:
    seen = {path: from_afar(content) for path, content in files.items() if re.search(r"reseaux/.*png$", path)}
    assert len(seen) == 16
    for path, address in seen.items():
        assert address == (DESK if path.startswith(PLACE) else URL), path


def test_whatever_a_folder_holds_leads_to_that_place_alone(files: dict[str, bytes]) -> None:
    """Banners, buttons, frames, signature, posts: nothing sends a place's visitors to another entry point."""
    for path, content in files.items():
        if path.startswith(PLACE) and path.endswith((".html", ".txt", ".svg")):
            found = set(re.findall(r"https?://[^\s\"<,]*exemple\.fr[^\s\"<,]*", content.decode()))
            assert found <= {DESK, SCREEN}, path
            if path.endswith(".html") or "reseaux" in path:
                assert found == {DESK}, path
                assert "Accueil de la mairie" in content.decode(), path


def test_a_place_has_every_piece_of_its_body_and_a_kiosk_its_own(files: dict[str, bytes]) -> None:
    of_body = {path for path in files if not path.startswith("points-d-entree/")}
    of_place = {path.removeprefix(PLACE) for path in files if path.startswith(PLACE)}
    assert of_body - of_place == {"lettre-de-lancement.rtf", "note-de-presse.rtf", "papier/affichette-urne-a4.pdf"}
    kiosk = {"borne/affichette-a4.pdf", *(f"borne/qr/qr.{kind}" for kind in ("svg", "png", "pdf"))}
    assert of_place - of_body == kiosk
    alone = PLACE.rstrip("/") + "-2/"
    assert {path.removeprefix(alone) for path in files if path.startswith(alone)} == kiosk | {"LISEZMOI.txt"}


def test_the_index_tells_whose_each_folder_is_and_each_file_it_names_is_there(files: dict[str, bytes]) -> None:
    told = files["LISEZMOI.txt"].decode()
    assert f"{PLACE}\u00a0: Accueil de la mairie – {DESK} – borne {SCREEN}" in told
    assert f"{PLACE.rstrip('/')}-2/\u00a0: Accueil, de la mairie – borne {OTHER_SCREEN}" in told
    named = r"(?m)^([a-z][^ ]*\.\w+(?:, [^ ]+\.\w+)*|[a-z-]+/(?:qr/)?)\u00a0:"
    for folder in ("", PLACE, f"{PLACE.rstrip('/')}-2/"):
        names = ", ".join(re.findall(named, files[f"{folder}LISEZMOI.txt"].decode())).split(", ")
        assert len(names) == {"": 11, PLACE: 10}.get(folder, 2)
        assert all(any(path.startswith(f"{folder}{name}") for path in files) for name in names), names


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_network_has_its_text_and_its_picture_in_each_language(files: dict[str, bytes], language: str) -> None:
    told = re.findall(r"(?m)^--- (\w+) \(\w+\s?: (\S+)\)$", files[f"reseaux/{language}/textes.txt"].decode())
    assert [network for network, _ in told] == list(NETWORKS)
    assert all(f"reseaux/{language}/{picture}" in files for _, picture in told)
    assert files["reseaux/fr/story-1080x1920.png"] != files["reseaux/en/story-1080x1920.png"]


def test_pictures_have_the_size_in_their_name(files: dict[str, bytes]) -> None:
    sized = [path for path in files if re.search(r"(reseaux|bannieres)/.*png$", path)]
    assert len(sized) == 26
    for path in sized:
        width, height = path.removesuffix(".png").rsplit("-", 1)[1].split("x")
        assert Image.open(BytesIO(files[path])).size == (int(width), int(height))


def test_every_document_is_accessible_and_bears_the_name(files: dict[str, bytes]) -> None:
    documents = {path: content for path, content in files.items() if path.endswith(".pdf")}
    assert len(documents) == 13
    for path, content in documents.items():
        assert_accessible(content, "fr")
        assert "Saint-Martin" in text_of(content), path
        assert ("de la mairie" in text_of(content)) == path.startswith("points-d-entree/"), path
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


def test_a_demonstration_marks_its_papers(files: dict[str, bytes], bare_files: dict[str, bytes]) -> None:
    for path in ("affiche-a4.pdf", "depliant-a5.pdf", f"{PLACE}borne/affichette-a4.pdf"):
        assert "DÉMONSTRATION" in text_of(files[path])
    assert "DÉMONSTRATION" not in text_of(bare_files["affiche-a4.pdf"])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_posts_keep_within_what_each_network_takes(language: str) -> None:
    for name, place in (("Ville", ""), ("Communauté d’agglomération " * 6, ""), (LONG, LONG_PLACE)):
        for network, text in posts(kit(name=name, place=place), language).items():
            assert len(text) <= NETWORKS[network]
            assert URL in text


def test_letters_open_as_rich_text_without_a_placeholder_left(files: dict[str, bytes]) -> None:
    for path in ("lettre-de-lancement.rtf", "note-de-presse.rtf"):
        text = files[path].decode("ascii")
        assert text.startswith("{\\rtf1")
        assert text.count("{") - text.count("\\{") == text.count("}") - text.count("\\}")
        assert "{name" not in text
        assert URL in text


def test_names_are_escaped_where_they_meet_html(bare_files: dict[str, bytes]) -> None:
    for path in ("signature.html", "integration.html", "bannieres/integration.html", "bannieres/banniere-728x90.svg"):
        assert b"<script>" not in bare_files[path]
    place = bare().for_entry(Entry("<script>", DESK))
    assert not any("<script>" in made for made in (signature(place), embed(place), banners(place, pictures.BANNERS)))


def test_banners_lead_where_they_are_counted_and_each_file_they_show_is_there(
    files: dict[str, bytes], bare_files: dict[str, bytes]
) -> None:
    assert bare_files["bannieres/integration.html"].decode().count(f'<a href="{BANNER}">') == 5
    assert f'<iframe src="{FRAME}"' in bare_files["integration.html"].decode()
    for folder in ("bannieres/", f"{PLACE}bannieres/"):
        shown = re.findall(r'src="([^"]+)"', files[f"{folder}integration.html"].decode())
        assert len(shown) == 5
        assert all(f"{folder}{name}" in files for name in shown)


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


def test_equal_kits_give_equal_bytes(bare_files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(BytesIO(zipped_kit(bare()))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == bare_files
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
        name=LONG, url="https://barometre.exemple.fr/avis/communaute-agglomeration-saint-martin-sur-orge/7KQ2M",
        language=language, place=LONG_PLACE, entries=(),
    )  # fmt: skip
    pages = [len(PdfReader(BytesIO(made)).pages) for made in (poster(long), flyer(long), qr_pdf(long))]
    assert pages == [1, 2, 1]
    assert read_code(poster_preview(long, pixels_per_inch=110)) == long.url
    seen = dict(pictures.social_pictures(long))
    assert {from_afar(content) for content in seen.values()} == {long.url}


def test_names_that_leave_nothing_to_print_break_nothing() -> None:
    assert len(dict(pictures.banners(kit(name="\u200b", place="\u200b")))) == 2 * len(pictures.BANNERS)


def test_only_an_address_that_may_be_framed_is_framed() -> None:
    """Ours has its own under `cadre/`; another survey's is linked, since most sites refuse to be framed."""
    ours = embed(kit(url="https://avis.exemple.fr/avis/k7m2p9qx/"))
    assert '<iframe src="https://avis.exemple.fr/avis/k7m2p9qx/cadre/"' in ours
    assert '<a href="https://avis.exemple.fr/avis/k7m2p9qx/"' in ours
    other = embed(kit(url="https://exemple.fr/questionnaire"))
    assert "<iframe" not in other
    assert '<a href="https://exemple.fr/questionnaire"' in other
