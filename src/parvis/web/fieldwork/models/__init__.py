"""Mystery citizens, what they are asked to do, and what they bring back."""

from parvis.web.fieldwork.models.checks import DoubleCoding, Flag, TrapItem
from parvis.web.fieldwork.models.fees import Expense, Fee
from parvis.web.fieldwork.models.mail import MailboxCursor, MissionAddress, MissionMail
from parvis.web.fieldwork.models.missions import Mission, Scenario
from parvis.web.fieldwork.models.observations import Draft, Event, Evidence, Observation
from parvis.web.fieldwork.models.observers import Absence, Conflict, Observer, Signature, StatusChange
from parvis.web.fieldwork.models.phones import Parcel, ParcelPiece, PhoneKey
from parvis.web.fieldwork.models.plans import BoardSnapshot, ContactPlan
from parvis.web.fieldwork.models.reviews import Appeal, Report, ReviewComment, ReviewStep
from parvis.web.fieldwork.models.training import Certification, QuizAttempt

__all__ = [
    "Absence",
    "Appeal",
    "BoardSnapshot",
    "Certification",
    "Conflict",
    "ContactPlan",
    "DoubleCoding",
    "Draft",
    "Event",
    "Evidence",
    "Expense",
    "Fee",
    "Flag",
    "MailboxCursor",
    "Mission",
    "MissionAddress",
    "MissionMail",
    "Observation",
    "Observer",
    "Parcel",
    "ParcelPiece",
    "PhoneKey",
    "QuizAttempt",
    "Report",
    "ReviewComment",
    "ReviewStep",
    "Scenario",
    "Signature",
    "StatusChange",
    "TrapItem",
]
