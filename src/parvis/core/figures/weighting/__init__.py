"""Weights that bring a sample back to known totals: margins and their checks, raking on cells, trimming, and the
residuals that make standard errors honest afterwards."""

from parvis.core.figures.weighting.margins import Margin, read_margin
from parvis.core.figures.weighting.raking import Raking, poststratify, rake
from parvis.core.figures.weighting.residuals import CellRegression
from parvis.core.figures.weighting.trimming import Trimming, trim

__all__ = ["CellRegression", "Margin", "Raking", "Trimming", "poststratify", "rake", "read_margin", "trim"]
