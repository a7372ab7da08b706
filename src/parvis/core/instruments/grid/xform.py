"""The XForm given to phones (ODK Collect and its kin): the same form without what its answers are worth."""

from __future__ import annotations

import copy
from pathlib import Path

from pyxform.builder import create_survey_element_from_dict
from pyxform.xls2json import workbook_to_json

from parvis.core.instruments.grid.reading import read_workbook
from parvis.core.instruments.grid.workbook import OUR_SURVEY_COLUMNS, open_workbook


def to_xform(source: str | Path | bytes, name: str = "") -> str:
    """The XForm (XML) of a grid or questionnaire file; scores, weights and sources stay with us.

    source: a path, or the bytes of a file whose `name` tells its kind. The same file gives the same text.
    Raises ParvisError with every fault when the file is not a form that we read.
    """
    workbook = open_workbook(source, name)
    read_workbook(workbook)
    definition = copy.deepcopy(workbook.definition)
    for rows, header, columns in (
        (definition.survey, definition.survey_header, OUR_SURVEY_COLUMNS),
        (definition.choices, definition.choices_header, ("score",)),
        (definition.settings, definition.settings_header, ("channel",)),
    ):
        for row in (*(rows or ()), *(header or ())):
            for column in [name for name in row if name in columns or name.startswith("title_")]:
                del row[column]
    nested = workbook_to_json(definition, form_name="data", fallback_form_name=workbook.stem)
    return str(create_survey_element_from_dict(nested).to_xml(validate=False, pretty_print=True))
