"""Figures of a survey with their standard errors: the design, its linearised variances, intervals, gate, replicates."""

from parvis.core.figures.estimation.design import Design
from parvis.core.figures.estimation.figures import Figures
from parvis.core.figures.estimation.survey import Request, Statistic, Survey, View, estimate, estimate_views
from parvis.core.figures.estimation.weighing import Weighting

__all__ = ["Design", "Figures", "Request", "Statistic", "Survey", "View", "Weighting", "estimate", "estimate_views"]
