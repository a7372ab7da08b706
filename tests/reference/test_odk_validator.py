"""ODK's validator on every form that we hand out; where there is no Java, it judges nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

from parvis.core.instruments.grid import to_xform
from parvis.core.instruments.openrosa import event_form, fill_form, phone_template
from tests.core.instruments.test_grids_2026 import FORMS
from tests.core.instruments.test_openrosa import GRIDS, OFFER
from tests.reference.odk_validator import refused_by_odk


def test_forms_load_on_phones_and_a_wrong_one_would_not(tmp_path: Path) -> None:
    second, _ = event_form(OFFER, kinds=[("sent", "C’est parti"), ("answered", "La réponse <là>")], half_day=True)
    assert "La réponse &lt;là&gt;" in second.decode()
    forms: dict[str, str | bytes] = {f"plain-{path.stem}": to_xform(path) for path in FORMS}
    forms |= {path.stem: fill_form(phone_template(path.read_bytes(), path.name), OFFER)[0] for path in GRIDS}
    last = phone_template(GRIDS[-1].read_bytes(), "a.xlsx", asks_day=False)
    forms |= {"handed_back": fill_form(last, OFFER, answers={"outcome": "reached"})[0], "second": second}
    wrong = {"wrong": second.replace(b"<select1 ref=", b"<select1 nowhere=")}

    refused = refused_by_odk(forms | wrong, tmp_path)

    assert refused == (set(wrong) if shutil.which("java") else set())
