"""Weights that bring a sample back to known totals: margins and their checks, raking on cells or calibration within
bounds, trimming, what is told of all that, and the residuals that make standard errors honest afterwards."""

from parvis.core.figures.weighting.bounded import calibrate_bounded
from parvis.core.figures.weighting.diagnostics import WeightDiagnostics, diagnose, diagnostic_rows
from parvis.core.figures.weighting.margins import Margin, read_margin
from parvis.core.figures.weighting.missing import Missing, spread_missing
from parvis.core.figures.weighting.raking import Raking, poststratify, rake
from parvis.core.figures.weighting.residuals import CellRegression
from parvis.core.figures.weighting.trimming import Trimming, trim

__all__ = [
    "CellRegression",
    "Margin",
    "Missing",
    "Raking",
    "Trimming",
    "WeightDiagnostics",
    "calibrate_bounded",
    "diagnose",
    "diagnostic_rows",
    "poststratify",
    "rake",
    "read_margin",
    "spread_missing",
    "trim",
]
