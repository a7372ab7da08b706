"""Writes of the consultation."""

from parvis.web.consultation.actions.codes import MOST_AT_ONCE, cancel_codes, print_codes, spend_code
from parvis.web.consultation.actions.entry_points import (
    NewEntryPoint,
    declare_network,
    open_entry_points,
    open_kinds,
    record_opening,
    record_openings,
    set_hours,
    withdraw_network,
)
from parvis.web.consultation.actions.integrity import (
    break_seal,
    end_of_day,
    flag_duplicates,
    publish_rule,
    purge_old_originals,
    purge_originals,
    quarantine,
    reverse_quarantine,
    rotate_keys,
    set_themes,
)
from parvis.web.consultation.actions.margins import SETTLED, declare_visits, put_margins, remove_margins
from parvis.web.consultation.actions.paper import differences, forget_sheets, key_sheet, settle_sheet
from parvis.web.consultation.actions.recording import (
    NewResponse,
    Recorded,
    record_page,
    record_responses,
)

__all__ = [
    "MOST_AT_ONCE",
    "SETTLED",
    "NewEntryPoint",
    "NewResponse",
    "Recorded",
    "break_seal",
    "cancel_codes",
    "declare_network",
    "declare_visits",
    "differences",
    "end_of_day",
    "flag_duplicates",
    "forget_sheets",
    "key_sheet",
    "open_entry_points",
    "open_kinds",
    "print_codes",
    "publish_rule",
    "purge_old_originals",
    "purge_originals",
    "put_margins",
    "quarantine",
    "record_opening",
    "record_openings",
    "record_page",
    "record_responses",
    "remove_margins",
    "reverse_quarantine",
    "rotate_keys",
    "set_hours",
    "set_themes",
    "settle_sheet",
    "spend_code",
    "withdraw_network",
]
