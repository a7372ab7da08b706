"""The citizens' consultation: where people come in, what they said, and what keeps the count honest."""

from parvis.web.consultation.models.codes import CodeBatch, UnusedCode
from parvis.web.consultation.models.entry_points import EditionDay, EntryPoint, EntryPointDay, Network
from parvis.web.consultation.models.integrity import Consultation, RateCounter, RateKey
from parvis.web.consultation.models.margins import Attendance, PopulationMargins
from parvis.web.consultation.models.paper import KitStyle, PaperSheet
from parvis.web.consultation.models.responses import Response, Verbatim

__all__ = [
    "Attendance",
    "CodeBatch",
    "Consultation",
    "EditionDay",
    "EntryPoint",
    "EntryPointDay",
    "KitStyle",
    "Network",
    "PaperSheet",
    "PopulationMargins",
    "RateCounter",
    "RateKey",
    "Response",
    "UnusedCode",
    "Verbatim",
]
