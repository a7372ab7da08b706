"""Charts drawn by the server, the same on page and paper: one function a file, each returns a `Chart`."""

from parvis.rendering.charts.change_arrows import Change, change_arrows
from parvis.rendering.charts.delay_curve import Step, Threshold, delay_curve
from parvis.rendering.charts.drawing import Chart, Table
from parvis.rendering.charts.gantt import Bar, gantt
from parvis.rendering.charts.heat_table import Cell, count_table, heat_table
from parvis.rendering.charts.interval_line import Line, interval_line
from parvis.rendering.charts.matrix import Point, observed_perceived
from parvis.rendering.charts.participation import participation_by_day
from parvis.rendering.charts.precision import Precision, precision_curve
from parvis.rendering.charts.rank_intervals import Place, rank_intervals

__all__ = [
    "Bar",
    "Cell",
    "Change",
    "Chart",
    "Line",
    "Place",
    "Point",
    "Precision",
    "Step",
    "Table",
    "Threshold",
    "change_arrows",
    "count_table",
    "delay_curve",
    "gantt",
    "heat_table",
    "interval_line",
    "observed_perceived",
    "participation_by_day",
    "precision_curve",
    "rank_intervals",
]
