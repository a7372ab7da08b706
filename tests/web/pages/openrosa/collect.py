"""A small ODK Collect: asks for the list, fetches forms, fills them and sends them as the real one does."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from parvis.core.instruments.grid import read_grid
from parvis.web.editions.models import Instrument
from parvis.web.fieldwork import openrosa
from tests.web.fieldwork.factories import Field, FieldInstrumentFactory

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
LIST = "{http://openrosa.org/xforms/xformsList}"
TOLD = "{http://openrosa.org/http/response}"
XF = "{http://www.w3.org/2002/xforms}"

# The same grid as the factories' small one, with a photo, a note and a sum, as an organiser writes it.
GRID = """
| survey |
| | type | name | label | required | relevant | constraint | calculate | criterion | stage |determinant|weight|source|
| | begin group | access | L’accès | | | | | | | | | |
| | select_one outcome | outcome | Comment a-t-il fini ? | yes | | | | | | | | |
| | integer | rings | Nombre de sonneries | | ${outcome} = 'reached' | . >= 0 and . <= 30 | | | | | | |
| | end group | access | | | | | | | | | | |
| | begin group | handling | Le traitement | | | | | | | | | |
| | note | reminder | Pas de nom. | | | | | | | | | |
| | select_one yn | courtesy | Bonjour | yes | ${outcome} = 'reached' | | | PHO-01 | access | courtesy | 1 | Charte |
| | image | proof | Photo de l’affiche | | | | | | | | | |
| | text | comment | Remarque | | | | | | | | | |
| | calculate | twice | | | | | ${rings} * 2 | | | | | |
| | end group | handling | | | | | | | | | | |
| choices |
| | list_name | name | label | score |
| | outcome | reached | Quelqu’un a répondu | |
| | outcome | not_reached | Personne n’a répondu | |
| | yn | yes | Oui | 1 |
| | yn | no | Non | 0 |
| settings |
| | form_title | form_id | version | channel |
| | Petite grille | small | 1 | CHANNEL |
"""


def grid_in_force(field: Field, channel: str = "phone", **given: Any) -> Instrument:
    """A grid with its file, as the organiser's upload makes it."""
    source = given.pop("text", GRID).replace("CHANNEL", channel).encode()
    name = f"{channel}.md"
    return FieldInstrumentFactory(
        edition=field.edition, channel=channel, file_name=name, source=source,
        compiled=read_grid(source, name).to_json(), **given,
    )  # fmt: skip


def photo(colour: str = "red", side: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "JPEG")
    return out.getvalue()


def xml_of(
    form_id: str, version: str, *, answers: str = "", ours: str = "", number: UUID | None = None, **meta: Any
) -> bytes:
    """A filled form, in the words of ODK Collect."""
    told = {"instanceID": f"uuid:{number or uuid4()}", **meta}
    inside = "".join(f"<orx:{name}>{value}</orx:{name}>" for name, value in told.items())
    return (
        f'<?xml version=\'1.0\' ?><data id="{form_id}" version="{version}" '
        f'xmlns:orx="http://openrosa.org/xforms"><parvis><note />{ours}</parvis>{answers}'
        f"<orx:meta>{inside}</orx:meta></data>"
    ).encode()


REACHED = (
    "<access><outcome>reached</outcome><rings>3</rings></access><handling><reminder/><courtesy>yes</courtesy>"
    "<proof/><comment>Très bien</comment><twice>6</twice></handling>"
)
DAY = "<happened_on>2026-03-09</happened_on><half_day>am</half_day>"
MOMENTS = "<started>2026-03-09T09:00:00.000+01:00</started><ended>2026-03-09T09:07:30.000+01:00</ended>"


class Collect:
    """One phone, with its key."""

    def __init__(self, observer: Any, client: Client | None = None) -> None:
        self.key, self.secret = openrosa.new_key(observer, label="Téléphone", by=observer.person, at=NOW)
        self.client = client or Client()

    @property
    def door(self) -> str:
        return f"/odk/{self.secret}"

    def forms(self, asked: str = "") -> dict[str, dict[str, str]]:
        response = self.client.get(f"{self.door}/formList{asked}")
        assert response.status_code == 200
        assert response["X-OpenRosa-Version"] == "1.0"
        assert response["Content-Type"] == "text/xml; charset=utf-8"
        root = ElementTree.fromstring(response.content)  # noqa: S314 - our own text
        rows = [{each.tag.removeprefix(LIST): each.text or "" for each in row} for row in root]
        return {row["formID"]: row for row in rows}

    def form(self, entry: dict[str, str]) -> bytes:
        path = re.sub(r"^https?://[^/]+", "", entry["downloadUrl"])
        response = self.client.get(path)
        assert response.status_code == 200
        return bytes(response.content)

    def version(self, mission: Any, following: bool = False) -> str:
        return self.forms()[f"parvis-m{mission.pk}{'-suivi' if following else ''}"]["version"]

    def post(self, xml: bytes, pieces: dict[str, bytes] | None = None, *, more: bool = False, **extra: Any) -> Any:
        parts: dict[str, Any] = {
            "xml_submission_file": SimpleUploadedFile("submission.xml", xml, content_type="text/xml")
        }
        for name, content in (pieces or {}).items():
            parts[name] = SimpleUploadedFile(name, content, content_type="image/jpeg")
        if more:
            parts["*isIncomplete*"] = "yes"
        return self.client.post(f"{self.door}/submission", parts, **extra)

    def report(
        self,
        mission: Any,
        *,
        number: UUID | None = None,
        answers: str = REACHED,
        ours: str = DAY + MOMENTS,
        **meta: Any,
    ) -> bytes:
        return xml_of(f"parvis-m{mission.pk}", self.version(mission), answers=answers, ours=ours, number=number, **meta)


def message(response: Any) -> str:
    """What the person reads on the phone."""
    assert response["X-OpenRosa-Version"] == "1.0"
    (told,) = ElementTree.fromstring(response.content)  # noqa: S314 - our own text
    assert told.tag == f"{TOLD}message"
    return told.text or ""
