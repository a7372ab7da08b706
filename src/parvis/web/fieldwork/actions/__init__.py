"""Writes of fieldwork."""

from parvis.web.fieldwork.actions.appeals import appeal, decide_appeal
from parvis.web.fieldwork.actions.availability import cancel_absence, declare_absence
from parvis.web.fieldwork.actions.awaiting import awaited_until
from parvis.web.fieldwork.actions.cases import CASES, may_note, open_case, record_event
from parvis.web.fieldwork.actions.codings import ask_double_coding, code_again, draw_double_codings
from parvis.web.fieldwork.actions.comments import add_comment, retire_comment
from parvis.web.fieldwork.actions.drafts import is_fillable, save_draft
from parvis.web.fieldwork.actions.evidence import add_photo
from parvis.web.fieldwork.actions.fees import MOST_EXPENSE, ask_expense, decide_expense, set_fees
from parvis.web.fieldwork.actions.imports import ImportedObservation, import_observations
from parvis.web.fieldwork.actions.missions import (
    NewMission,
    accept,
    accept_missions,
    cancel,
    decline,
    plan_missions,
    release,
)
from parvis.web.fieldwork.actions.observations import Filing, record_observation, record_observations
from parvis.web.fieldwork.actions.observers import (
    CODE_VERSION,
    NewObserver,
    certify,
    certify_many,
    declare_conflict,
    register_observer,
    register_observers,
    sign_code,
    sign_codes,
    suspend,
)
from parvis.web.fieldwork.actions.offers import end_offers, offer, offer_missions, offer_planned
from parvis.web.fieldwork.actions.plans import adopt_plan, ask_adoption, ask_plan
from parvis.web.fieldwork.actions.reports import report, settle
from parvis.web.fieldwork.actions.reviews import (
    approve_many,
    close_fieldwork,
    faults_of_parcels,
    review,
    review_many,
    revise,
)
from parvis.web.fieldwork.actions.scenarios import change_scenario, retire_scenario, review_ethics, write_scenario
from parvis.web.fieldwork.actions.statuses import change_status, decide_application, next_statuses
from parvis.web.fieldwork.actions.training import take_quiz, withdraw_certification
from parvis.web.fieldwork.actions.trap_items import drop_trap_item, write_trap_item

__all__ = [
    "CASES",
    "CODE_VERSION",
    "MOST_EXPENSE",
    "Filing",
    "ImportedObservation",
    "NewMission",
    "NewObserver",
    "accept",
    "accept_missions",
    "add_comment",
    "add_photo",
    "adopt_plan",
    "appeal",
    "approve_many",
    "ask_adoption",
    "ask_double_coding",
    "ask_expense",
    "ask_plan",
    "awaited_until",
    "cancel",
    "cancel_absence",
    "certify",
    "certify_many",
    "change_scenario",
    "change_status",
    "close_fieldwork",
    "code_again",
    "decide_appeal",
    "decide_application",
    "decide_expense",
    "declare_absence",
    "declare_conflict",
    "decline",
    "draw_double_codings",
    "drop_trap_item",
    "end_offers",
    "faults_of_parcels",
    "import_observations",
    "is_fillable",
    "may_note",
    "next_statuses",
    "offer",
    "offer_missions",
    "offer_planned",
    "open_case",
    "plan_missions",
    "record_event",
    "record_observation",
    "record_observations",
    "register_observer",
    "register_observers",
    "release",
    "report",
    "retire_comment",
    "retire_scenario",
    "review",
    "review_ethics",
    "review_many",
    "revise",
    "save_draft",
    "set_fees",
    "settle",
    "sign_code",
    "sign_codes",
    "suspend",
    "take_quiz",
    "withdraw_certification",
    "write_scenario",
    "write_trap_item",
]
