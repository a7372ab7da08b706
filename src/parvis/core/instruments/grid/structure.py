"""What pyxform makes of the workbook: its groups and questions nested, and every reason it has to refuse it."""

from __future__ import annotations

import copy
import re
from typing import Any

from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import DefinitionData

from parvis.core.instruments.grid.workbook import Workbook
from parvis.core.vocabulary import Fault, Text

ROW = "parvis_row"  # an extra column, which pyxform keeps, so that each node knows the row it comes from
_MOST_TRIES = 25


def convert(workbook: Workbook) -> tuple[dict[str, Any] | None, list[Fault]]:
    """pyxform's nested form, or None with the reasons it gives.

    pyxform stops at the first reason; rows that it refuses are taken away one by one so that all are told at once.
    """
    definition = _numbered(workbook.definition)
    faults: list[Fault] = []
    for _ in range(_MOST_TRIES):
        try:
            nested = workbook_to_json(copy.deepcopy(definition), form_name="data", fallback_form_name=workbook.stem)
            create_survey_element_from_dict(copy.deepcopy(nested)).to_xml(validate=False)
        except PyXFormError as error:
            faults.append(_fault(str(error)))
            if not _without(definition, faults[-1]):
                return None, faults
        except Exception as error:  # pyxform meets forms that it did not foresee: the form is refused, not us
            faults.append(_fault(f"{type(error).__name__}: {error}"))
            return None, faults
        else:
            return (None if faults else nested), faults
    return None, faults


def _numbered(definition: DefinitionData) -> DefinitionData:
    numbered = copy.deepcopy(definition)
    for number, row in enumerate(numbered.survey or (), start=2):
        if row:
            row[ROW] = str(number)
    if numbered.survey_header:
        numbered.survey_header[0][ROW] = None
    return numbered


def _without(definition: DefinitionData, fault: Fault) -> bool:
    """Empty the refused row; False when there is none, or when it opens or closes a group."""
    number = int(fault.where.get("row", "0")) - 2
    rows = list(definition.survey or ())
    if fault.where.get("sheet") != "survey" or not 0 <= number < len(rows) or not rows[number]:
        return False
    if re.match(r"(begin|end)[ _]", str(rows[number].get("type", ""))):
        return False
    rows[number].clear()
    return True


def _fault(message: str) -> Fault:
    told = re.sub(r"\s+", " ", message).strip()[:300]
    row = re.search(r"\brow\b\W{0,6}(\d+)", told)
    sheet = "choices" if re.search(r"'choices' sheet", told) else "survey"
    where = {"sheet": sheet, "row": row.group(1)} if row else {}
    return Fault(
        "xlsform",
        Text(f"le lecteur XLSForm refuse : « {told} ».", f"the XLSForm reader refuses: “{told}”."),
        Text("Corrigez la ligne selon xlsform.org.", "Correct the row as xlsform.org says."),
        where,
    )
