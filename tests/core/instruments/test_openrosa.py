"""Forms to phones and filled forms back: what ODK Collect and its validator ask for, and what nobody may send us."""

from __future__ import annotations

import hashlib
import re
import tracemalloc
from importlib import resources
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.instruments.grid import read_grid
from parvis.core.instruments.openrosa import (
    MOST_XML_BYTES,
    FormEntry,
    Offer,
    collect_settings,
    fill_form,
    form_list,
    manifest,
    phone_template,
    read_collect_settings,
    read_instance,
    response,
)
from parvis.core.vocabulary import ParvisError

GRIDS = sorted(
    (each for each in (resources.files("parvis") / "grids/2026").iterdir() if each.name != "questionnaire.xlsx"),
    key=lambda each: each.name,
)
OFFER = Offer("parvis-m7", "M7 · Mairie « Saint-Jean & Cie » <b>", 'Dites "bonjour"\nNe nommez personne', 12)
NUMBER = "6b1d0c9e-7d2e-4f0a-9a67-0d1f5f6f2a11"
META = f"<meta><instanceID>uuid:{NUMBER}</instanceID></meta>"
XF = "{http://www.w3.org/2002/xforms}"


def filled(inside: str = "", root: str = 'id="parvis-m7" version="12.a"', meta: str = META) -> bytes:
    return f"<data {root}>{inside}{meta}</data>".encode()


def codes(content: bytes) -> list[str]:
    with pytest.raises(ParvisError) as refused:
        read_instance(content)
    return [fault.code for fault in refused.value.faults]


@pytest.mark.parametrize("path", GRIDS, ids=lambda path: path.name)
def test_each_shipped_grid_is_a_form_with_the_mission_in_it(path: Any) -> None:
    source = path.read_bytes()
    xml, version = fill_form(phone_template(source, path.name), OFFER)
    root = ElementTree.fromstring(xml)  # noqa: S314 - our own text
    data = root.find(f".//{XF}instance")[0]
    assert (data.get("id"), data.get("version")) == ("parvis-m7", version)
    assert version.startswith("12.")
    assert [leaf.tag for leaf in data[0]][:3] == [f"{XF}note", f"{XF}happened_on", f"{XF}half_day"]
    assert "Saint-Jean &amp; Cie" in xml.decode()
    assert "§" not in xml.decode()
    shown = {each.get("ref", "").split("/")[-1] for each in root.iter() if each.get("ref")}
    questions = list(read_grid(source, path.name).questions)
    assert {q.name for q in questions if q.kind.is_asked and not q.from_timeline} <= shown
    assert not {q.name for q in questions if q.from_timeline} & shown


def test_a_report_handed_back_opens_with_its_answers_and_without_a_day() -> None:
    source = GRIDS[-1].read_bytes()
    xml, _ = fill_form(phone_template(source, "a.xlsx", asks_day=False), OFFER, answers={"outcome": "reached"})
    data = ElementTree.fromstring(xml).find(f".//{XF}instance")[0]  # noqa: S314 - our own text
    assert data.find(f".//{XF}outcome").text == "reached"
    assert data.find(f".//{XF}happened_on") is None


def test_the_form_opens_in_the_language_of_the_person() -> None:
    template = phone_template(GRIDS[0].read_bytes(), "a.xlsx", language="en")
    assert '<translation lang="English (en)" default="true()">' in template
    assert template.count('default="true()"') == 1
    assert "On which day did the contact take place?" in template


def test_the_version_changes_when_and_only_when_the_form_does() -> None:
    template = phone_template(GRIDS[0].read_bytes(), "a.xlsx")
    again, other = fill_form(template, OFFER), fill_form(template, Offer("parvis-m7", "M7", "ailleurs", 12))
    assert again == fill_form(template, OFFER)
    assert again[1] != other[1]


def test_a_filled_form_gives_its_answers_and_ours_apart() -> None:
    inside = "<parvis><note/><happened_on>2026-03-09</happened_on></parvis><a><b> yes </b><c/><d>x y</d></a>"
    read = read_instance(filled(inside))
    assert (str(read.instance_id), read.form_id, read.version) == (NUMBER, "parvis-m7", "12.a")
    assert read.answers == {"b": "yes", "d": "x y"}
    assert read.ours == {"happened_on": "2026-03-09"}
    assert read.deprecated_id is None


def test_collect_s_own_spelling_is_read() -> None:
    """Prefixed metadata, the vocabulary of forms on the root, a declaration, a mark of byte order."""
    inside = "".join(f"<orx:{name}>uuid:{NUMBER}</orx:{name}>" for name in ("instanceID", "deprecatedID"))
    meta = f"<orx:meta>{inside}</orx:meta>"
    root = 'id="m" version="1" xmlns="http://www.w3.org/2002/xforms" xmlns:orx="http://openrosa.org/xforms"'
    content = b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8' ?>" + filled("<a>\xe9té</a>", root, meta)
    read = read_instance(content)
    assert read.answers == {"a": "\xe9té"}
    assert str(read.deprecated_id) == NUMBER


LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 50 + b'">]>'
POISON = {
    "entities": (LAUGHS + filled("<a>&b;</a>"), "xml_poisoned"),
    "outside entity": (
        b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + filled("<a>&a;</a>"),
        "xml_poisoned",
    ),
    "document type": (b'<!DOCTYPE data SYSTEM "http://example.org/x.dtd">' + filled(), "xml_poisoned"),
    "deep": (b"<data id='m'>" + b"<a>" * 200_000, "xml_too_intricate"),
    "long": (b"<data id='m'>" + b"<a/>" * 200_000, "xml_too_intricate"),
    "large": (filled("<a>" + "x" * MOST_XML_BYTES + "</a>"), "xml_too_large"),
    "cut": (filled("<a>yes</a>")[:-9], "xml_unreadable"),
    "empty": (b"", "xml_unreadable"),
    "noise": (b"\x00\xff\xfe" * 99, "xml_unreadable"),
    "undefined entity": (filled("<a>&nbsp;</a>"), "xml_unreadable"),
    "odd encoding": (b'<?xml version="1.0" encoding="utf-7"?>' + filled(), "xml_unreadable"),
    "other vocabulary": (filled(root='id="m" xmlns="urn:other"'), "xml_not_a_form"),
    "other vocabulary inside": (filled('<a xmlns="urn:other">x</a>'), "xml_not_a_form"),
    "no form": (filled(root=""), "xml_not_a_form"),
    "no identifier": (filled(meta=""), "xml_no_identifier"),
    "odd identifier": (filled(meta="<meta><instanceID>uuid:12</instanceID></meta>"), "xml_no_identifier"),
    "twice the same question": (filled("<a>1</a><g><a>2</a></g>"), "xml_twice"),
}


@pytest.mark.parametrize("kind", POISON)
def test_what_nobody_may_send_is_refused_without_growing(kind: str) -> None:
    content, code = POISON[kind]
    tracemalloc.start()
    assert codes(content) == [code]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12_000_000


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode) | st.text(max_size=80).map(lambda t: filled(t)))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    refused = None
    try:
        read_instance(content)
    except ParvisError as error:
        refused = error
    assert refused is None or refused.messages("fr")


@given(st.text(), st.text(max_size=40))
def test_no_text_makes_a_list_or_an_answer_unreadable(name: str, version: str) -> None:
    entry = FormEntry("m1", name, version, b"<x/>", "https://p.example/1.xml", "https://p.example/1")
    listed = ElementTree.fromstring(form_list([entry, entry]))  # noqa: S314 - our own text
    assert len(listed) == 2
    told = ElementTree.fromstring(response([name], accepted=True))[0]  # noqa: S314 - our own text
    assert told.get("nature") == "submit_success"


def test_the_list_says_what_openrosa_asks() -> None:
    entry = FormEntry("m1", "M1", "7", b"<x/>", "https://p.example/1.xml", "https://p.example/1")
    text = form_list([entry]).decode()
    assert re.findall(r"<(\w+)>", text) == ["xform", "formID", "name", "version", "hash", "downloadUrl", "manifestUrl"]
    assert f"<hash>md5:{hashlib.md5(b'<x/>', usedforsecurity=False).hexdigest()}</hash>" in text
    assert 'xmlns="http://openrosa.org/xforms/xformsList"' in text
    assert manifest() == manifest()


def test_the_settings_code_is_what_collect_reads() -> None:
    read = read_collect_settings(collect_settings("https://p.example/odk/abc", project="Parvis – été"))
    assert read["general"]["server_url"] == "https://p.example/odk/abc"
    assert read["general"]["form_update_mode"] == "match_exactly"
    assert (read["admin"], read["project"]["name"]) == ({}, "Parvis – été")
    with pytest.raises(ValueError, match=r"."):
        read_collect_settings("AAAA")
