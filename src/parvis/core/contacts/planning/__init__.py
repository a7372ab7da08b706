"""From a contact plan to missions: who, where, by which channel, which request, when."""

from parvis.core.contacts.planning.expecting import (
    Precision,
    channel_precision,
    expected_cost,
    overall_precision,
)
from parvis.core.contacts.planning.making import make_plan
from parvis.core.contacts.planning.problem import (
    DEFAULT_CONTACTS,
    DEFAULT_FEES,
    USUAL_WEIGHTS,
    AvailableObserver,
    Goals,
    PlaceToVisit,
    Plan,
    PlannedContact,
    PossibleScenario,
    Rules,
    Shortfall,
    Weights,
)

__all__ = [
    "DEFAULT_CONTACTS",
    "DEFAULT_FEES",
    "USUAL_WEIGHTS",
    "AvailableObserver",
    "Goals",
    "PlaceToVisit",
    "Plan",
    "PlannedContact",
    "PossibleScenario",
    "Precision",
    "Rules",
    "Shortfall",
    "Weights",
    "channel_precision",
    "expected_cost",
    "make_plan",
    "overall_precision",
]
