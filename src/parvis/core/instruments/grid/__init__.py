"""XLSForm (.xlsx, .ods, .csv, Markdown) → Grid or Questionnaire; every fault at once, with sheet, row and remedy."""

from parvis.core.instruments.grid.reading import read_form, read_grid, read_questionnaire
from parvis.core.instruments.grid.xform import to_xform

__all__ = ["read_form", "read_grid", "read_questionnaire", "to_xform"]
