"""Mystery citizens, what they are asked to do, and what they bring back."""

from parvis.web.fieldwork.models.missions import Mission, Scenario
from parvis.web.fieldwork.models.observations import Draft, Event, Evidence, Observation
from parvis.web.fieldwork.models.observers import Conflict, Observer, Signature
from parvis.web.fieldwork.models.reviews import Appeal, Report, ReviewStep

__all__ = [
    "Appeal",
    "Conflict",
    "Draft",
    "Event",
    "Evidence",
    "Mission",
    "Observation",
    "Observer",
    "Report",
    "ReviewStep",
    "Scenario",
    "Signature",
]
