"""A filled form as a phone sends it: read without ever trusting it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from parvis.core.vocabulary import Fault, ParvisError, Text

MOST_XML_BYTES = 1_000_000  # the longest shipped grid, wholly filled, makes about 8,000
DEEPEST = 24
MOST_ELEMENTS = 5_000
XFORMS, OPENROSA = "http://www.w3.org/2002/xforms", "http://openrosa.org/xforms"
OURS = "parvis"  # the group that we add to each form: day, half-day, photos, moments of the device


@dataclass(frozen=True, slots=True)
class Instance:
    """A filled form. `answers`: text by question name, empty ones left out; `ours`: those of the group we add."""

    form_id: str
    version: str
    instance_id: UUID
    deprecated_id: UUID | None
    answers: Mapping[str, str]
    ours: Mapping[str, str]


def read_instance(content: bytes) -> Instance:
    """Read a filled form (XML, at most `MOST_XML_BYTES`).

    Raises ParvisError: too large, entities or a document type (never expanded), too deep, too many elements, not XML,
    another vocabulary, no form, no identifier, twice the same question.
    Source: OpenRosa Form Submission API 1.0 and Metadata Schema 1.0.

    >>> given = b'<data id="m7" version="3"><a><b>yes</b><c/></a><meta><instanceID>uuid:%s</instanceID></meta></data>'
    >>> one = read_instance(given % b"6b1d0c9e-7d2e-4f0a-9a67-0d1f5f6f2a11")
    >>> one.form_id, one.version, one.answers
    ('m7', '3', {'b': 'yes'})
    """
    if len(content) > MOST_XML_BYTES:
        raise ParvisError(TOO_LARGE)
    root = _parsed(content)
    space, _ = _split(root.tag)
    form_id = root.attributes.get("id", "").strip()
    if space not in ("", XFORMS) or not form_id:
        raise ParvisError(NOT_A_FORM)
    answers: dict[str, str] = {}
    ours: dict[str, str] = {}
    meta: dict[str, str] = {}
    for path, value in _leaves(root, space):
        kept = meta if path[:1] == ("meta",) else ours if path[:1] == (OURS,) else answers
        if path[-1] in kept:
            raise ParvisError(_said(TWICE, path[-1]))
        kept[path[-1]] = value
    given = {name: value for name, value in answers.items() if value}
    return Instance(
        form_id[:120], root.attributes.get("version", "").strip()[:60], _identifier(meta.get("instanceID", "")),
        _identifier(meta["deprecatedID"]) if meta.get("deprecatedID") else None,
        given, {name: value for name, value in ours.items() if value},
    )  # fmt: skip


@dataclass(slots=True)
class _Node:
    tag: str
    attributes: dict[str, str]
    children: list[_Node]
    text: str = ""


class _Builder:
    """Builds the tree while counting: what is too deep or too long stops at once."""

    def __init__(self) -> None:
        self.open: list[_Node] = []
        self.root: _Node | None = None
        self.count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open) >= DEEPEST:
            raise ParvisError(TOO_INTRICATE)
        node = _Node(tag, attributes, [])
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def end(self, tag: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text

    def close(self) -> None:
        """Nothing is left to build."""


def _parsed(content: bytes) -> _Node:
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(content)
        parser.close()
    except DefusedXmlException as error:
        raise ParvisError(POISONED) from error
    except (ParseError, ValueError, LookupError) as error:
        raise ParvisError(UNREADABLE) from error
    if builder.root is None:
        raise ParvisError(UNREADABLE)
    return builder.root


def _leaves(root: _Node, space: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each element without children: its path of names under the root, and its text."""
    waiting: list[tuple[tuple[str, ...], _Node]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        for child in reversed(node.children):
            other, name = _split(child.tag)
            if other not in (space, "", XFORMS, OPENROSA):
                raise ParvisError(NOT_A_FORM)
            waiting.append(((*path, name), child))
        if path and not node.children:
            yield path, node.text.strip()


def _split(tag: str) -> tuple[str, str]:
    if tag.startswith("{"):
        space, _, name = tag[1:].partition("}")
        return space, name
    return "", tag


def _identifier(text: str) -> UUID:
    try:
        return UUID(text.strip().removeprefix("uuid:"))
    except ValueError as error:
        raise ParvisError(NO_IDENTIFIER) from error


def _said(fault: Fault, question: str) -> Fault:
    return Fault(fault.code, fault.what, fault.remedy, {"question": question[:80]})


_KEEP = Text(
    "Gardez-le sur votre téléphone et écrivez à l’organisateur.", "Keep it on your phone and write to the organiser."
)
TOO_LARGE = Fault("xml_too_large", Text("Ce rapport est trop gros.", "This report is too large."), _KEEP)
POISONED = Fault(
    "xml_poisoned",
    Text(
        "Ce fichier contient des définitions qui ne sont jamais lues.",
        "This file holds definitions that are never read.",
    ),
    _KEEP,
)
UNREADABLE = Fault(
    "xml_unreadable", Text("Ce fichier n’est pas un rapport lisible.", "This file cannot be read."), _KEEP
)
TOO_INTRICATE = Fault(
    "xml_too_intricate",
    Text("Ce rapport est trop profond ou trop long.", "This report is too deep or too long."),
    _KEEP,
)
NOT_A_FORM = Fault(
    "xml_not_a_form",
    Text("Ce fichier n’est pas un rapport fait avec nos formulaires.", "This file was not made with our forms."),
    _KEEP,
)
NO_IDENTIFIER = Fault(
    "xml_no_identifier", Text("Ce rapport n’a pas d’identifiant.", "This report has no identifier."), _KEEP
)
TWICE = Fault("xml_twice", Text("cette question a deux réponses.", "this question has two answers."), _KEEP)
