"""The form of one mission on a phone: the grid as pyxform makes it, the mission told first, its day, its photos."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.dom.minidom import Document, Element
from xml.sax.saxutils import escape, quoteattr  # written, never read

from defusedxml.minidom import parseString

from parvis.core.instruments.form import Grid
from parvis.core.instruments.grid import read_grid, to_xform
from parvis.core.instruments.grid.workbook import language_code
from parvis.core.instruments.openrosa.instances import OURS
from parvis.core.instruments.openrosa.lists import printable
from parvis.core.instruments.openrosa.words import PHOTOS, said

_ID, _TITLE, _VERSION, _NOTE = "§form-id§", "§title§", "§version§", "§note§"
_DEVICE = {"start", "end", "today"}  # what the grid itself keeps of what a device records


@dataclass(frozen=True, slots=True)
class Offer:
    """A mission as its form tells it. `edition_of` names the grid's row, so that a filled form says which it was."""

    form_id: str
    title: str
    note: str
    edition_of: int


@lru_cache(maxsize=64)
def phone_template(source: bytes, name: str, *, language: str = "fr", asks_day: bool = True) -> str:
    """The form of a grid file for phones, with places for what tells one mission from another.

    source, name: the XLSForm and its file name. asks_day: also ask the day and half-day of the contact (a case that
    is already open has its own). Delays that the dates of a case give are asked of nobody. Raises ParvisError when
    the file is not a grid that we read.
    """
    document = parseString(to_xform(source, name))
    _mark_mission(document)
    _leave_out(document, read_grid(source, name))
    _speak(document, language)
    _add_ours(document, language, asks_day=asks_day)
    return str(document.toxml())


def fill_form(template: str, offer: Offer, *, answers: Mapping[str, str] | None = None) -> tuple[bytes, str]:
    """The form of one mission and its version, which changes whenever the form does.

    answers: what a report handed back already says, put in its questions.
    """
    if answers:
        document = parseString(template)
        for leaf in _leaves(_primary(document)):
            if leaf.tagName in answers:
                leaf.appendChild(document.createTextNode(printable(answers[leaf.tagName])))
        template = str(document.toxml())
    told = {_ID: offer.form_id, _TITLE: offer.title, _NOTE: offer.note}
    for place, text in told.items():
        template = template.replace(place, escape(printable(text), {'"': "&quot;"}))
    digest = hashlib.sha256(template.encode()).hexdigest()[:8]
    version = f"{offer.edition_of}.{digest}"
    return template.replace(_VERSION, version).encode(), version


def event_form(
    offer: Offer, *, kinds: Sequence[tuple[str, str]], language: str = "fr", half_day: bool = False
) -> tuple[bytes, str]:
    """The short second form of a letter or an e-mail: what left or came back, and which day.

    kinds: (value, words) of what can have happened; half_day: ask the half-day too (of a sending).
    """
    words = said(language)
    items = "".join(f"<item><label>{_text(told)}</label><value>{_text(value)}</value></item>" for value, told in kinds)
    half = "<half_day/>" if half_day else ""
    binds = [
        _bind("note", "string", readonly="true()"), _bind("kind", "string", required="true()"),
        _bind("on", "date", required="true()", constraint=". <= today()", **{"jr:constraintMsg": words["future"]}),
        *([_bind("half_day", "string", required="true()")] if half_day else []),
    ]  # fmt: skip
    body = (
        f'<input ref="/data/{OURS}/note"><label>{_NOTE}</label></input>'
        f'<select1 ref="/data/{OURS}/kind"><label>{_text(words["what"])}</label>{items}</select1>'
        f'<input ref="/data/{OURS}/on"><label>{_text(words["on"])}</label>'
        f"<hint>{_text(words['on_hint'])}</hint></input>" + (_half_day(words) if half_day else "")
    )
    template = (
        '<?xml version="1.0"?><h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">'
        f"<h:head><h:title>{_TITLE}</h:title><model><instance>"
        f'<data id="{_ID}" version="{_VERSION}"><{OURS}><note/><kind/><on/>{half}</{OURS}>'
        "<orx:meta><orx:instanceID/></orx:meta></data></instance>"
        f'{"".join(binds)}<bind nodeset="/data/orx:meta/orx:instanceID" type="string" readonly="true()" '
        f'jr:preload="uid"/></model></h:head><h:body><group ref="/data/{OURS}" appearance="field-list">{body}</group>'
        "</h:body></h:html>"
    )
    return fill_form(template, offer)


def _mark_mission(document: Document) -> None:
    root = _primary(document)
    if root.hasAttribute("xmlns"):
        root.removeAttribute("xmlns")
    root.setAttribute("id", _ID)
    root.setAttribute("version", _VERSION)
    (title,) = document.getElementsByTagName("h:title")
    _empty(title)
    title.appendChild(document.createTextNode(_TITLE))


def _leave_out(document: Document, grid: Grid) -> None:
    """Take away the controls of what the dates give, and what only the device knows (its number, its owner)."""
    timed = {question.name for question in grid.questions if question.from_timeline}
    body = document.getElementsByTagName("h:body")[0]
    for control in [each for each in body.getElementsByTagName("*") if _named(each.getAttribute("ref")) in timed]:
        if control.tagName in ("input", "range"):
            _take_away(control)
    root = _primary(document)
    for bind in list(document.getElementsByTagName("bind")):
        name = _named(bind.getAttribute("nodeset"))
        if name in timed:
            for rule in ("required", "constraint"):
                if bind.hasAttribute(rule):
                    bind.removeAttribute(rule)
        if bind.getAttribute("jr:preload") in ("property", "timestamp", "date") and name not in _DEVICE:
            _take_away(bind)
            for leaf in [leaf for leaf in _leaves(root) if leaf.tagName == name]:
                _take_away(leaf)


def _speak(document: Document, language: str) -> None:
    """The form opens in the person's language where it has it."""
    spoken = list(document.getElementsByTagName("translation"))
    wanted = [each for each in spoken if language_code(each.getAttribute("lang")) == language]
    for each in spoken if wanted else []:
        if each.hasAttribute("default"):
            each.removeAttribute("default")
    for each in wanted[:1]:
        each.setAttribute("default", "true()")


def _add_ours(document: Document, language: str, *, asks_day: bool) -> None:
    """Our own group: the mission told, the day, the photos, the moments of the device."""
    words, root = said(language), _primary(document)
    base = f"/{root.tagName}/{OURS}"
    names = ["note", *(["happened_on", "half_day"] if asks_day else []), *PHOTOS, "started", "ended"]
    group = _fragment(document, f"<{OURS}>{''.join(f'<{name}/>' for name in names)}</{OURS}>")
    root.insertBefore(group, root.firstChild)
    binds = [
        _bind("note", "string", base, readonly="true()"),
        _bind("started", "dateTime", base, **{"jr:preload": "timestamp", "jr:preloadParams": "start"}),
        _bind("ended", "dateTime", base, **{"jr:preload": "timestamp", "jr:preloadParams": "end"}),
        *(_bind(name, "binary", base, **{"orx:max-pixels": "1600"} | _after(name, base)) for name in PHOTOS),
    ]
    first = f'<input ref="{base}/note"><label>{_NOTE}</label></input>'
    if asks_day:
        rule = {"constraint": ". <= today()", "jr:constraintMsg": words["future"]}
        binds += [_bind("happened_on", "date", base, required="true()", **rule),
                  _bind("half_day", "string", base, required="true()")]  # fmt: skip
        first += f'<input ref="{base}/happened_on"><label>{_text(words["day"])}</label></input>'
        first += _half_day(words, base)
    photos = "".join(
        f'<upload mediatype="image/*" ref="{base}/{name}"><label>{_text(words["photo"])}</label>'
        f"<hint>{_text(words['photo_hint'])}</hint></upload>"
        for name in PHOTOS
    )
    model, body = document.getElementsByTagName("model")[0], document.getElementsByTagName("h:body")[0]
    for bind in binds:
        model.appendChild(_fragment(document, bind))
    opening = f'<group ref="{base}" appearance="field-list"><label>{_text(words["mission"])}</label>{first}</group>'
    body.insertBefore(_fragment(document, opening), body.firstChild)
    body.appendChild(_fragment(document, f"<group><label>{_text(words['pieces'])}</label>{photos}</group>"))


def _after(name: str, base: str) -> dict[str, str]:
    """The second photo is offered once the first is taken."""
    rank = PHOTOS.index(name)
    return {"relevant": f"{base}/{PHOTOS[rank - 1]} != ''"} if rank else {}


def _half_day(words: Mapping[str, str], base: str = f"/data/{OURS}") -> str:
    items = "".join(
        f"<item><label>{_text(words[value])}</label><value>{value}</value></item>" for value in ("am", "pm")
    )
    return f'<select1 ref="{base}/half_day"><label>{_text(words["half_day"])}</label>{items}</select1>'


def _bind(name: str, kind: str, base: str = f"/data/{OURS}", **rules: str) -> str:
    written = "".join(f" {rule}={quoteattr(value)}" for rule, value in rules.items())
    return f'<bind nodeset="{base}/{name}" type="{kind}"{written}/>'


def _fragment(document: Document, text: str) -> Element:
    wrapped = parseString(
        f'<x xmlns="http://www.w3.org/2002/xforms" xmlns:jr="http://openrosa.org/javarosa" '
        f'xmlns:orx="http://openrosa.org/xforms">{text}</x>'
    )
    node: Element = document.importNode(wrapped.documentElement.firstChild, True)
    return node


def _primary(document: Document) -> Element:
    """The root of the main instance: what is filled."""
    instance = document.getElementsByTagName("instance")[0]
    return next(node for node in instance.childNodes if isinstance(node, Element))


def _leaves(node: Element) -> Iterator[Element]:
    inside = [each for each in node.childNodes if isinstance(each, Element)]
    if not inside:
        yield node
    for each in inside:
        yield from _leaves(each)


def _take_away(node: Element) -> None:
    if node.parentNode is not None:
        node.parentNode.removeChild(node)


def _named(path: str) -> str:
    return re.sub(r".*/", "", path.strip())


def _empty(node: Element) -> None:
    for child in list(node.childNodes):
        node.removeChild(child)


def _text(text: str) -> str:
    return escape(printable(text))
